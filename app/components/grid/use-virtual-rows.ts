import { useVirtualizer } from '@tanstack/react-virtual';
import { useLayoutEffect, useReducer, type RefObject } from 'react';
import { flushSync } from 'react-dom';
import { bandAt, type ScrollScale } from './scroll-map';
import type { ScrollModel } from './scroll-model';

/** Rows rendered beyond the view on each side: rows are there in the frame that shows them, so more would only cost. */
export const overscan = 1;

export interface VirtualRows {
  /** Rows to render, in order. */
  readonly rows: readonly number[];
  /** Row from which their places are measured: places near the origin stay exact in every browser. */
  readonly base: number;
}

/**
 * The rows in view. The virtualizer knows only a band of rows around the place: it keeps a number per row, which no one
 * has memory for at a hundred million.
 */
export function useVirtualRows(
  model: ScrollModel,
  scale: ScrollScale,
  scroller: RefObject<HTMLElement | null>,
): VirtualRows {
  const [, bump] = useReducer((turn: number) => turn + 1, 0);
  const { rowHeight } = scale;
  const band = bandAt(model.top, scale);
  // React's compiler is not used here; everything is read again on every render.
  // eslint-disable-next-line react-hooks/incompatible-library
  const virtualizer = useVirtualizer<HTMLElement, HTMLElement>({
    count: band.count,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan,
    initialRect: { width: 0, height: scale.viewport },
    observeElementRect: (_, report) => {
      report({ width: 0, height: model.scale.viewport });
      return model.subscribe(() => report({ width: 0, height: model.scale.viewport }));
    },
    observeElementOffset: (_, report) => {
      let base = -1;
      const tell = (): void => {
        const now = bandAt(model.top, model.scale).base;
        report(model.top - now * model.scale.rowHeight, false);
        if (now !== base) bump();
        base = now;
      };
      tell();
      // While the user scrolls, rows must be there in the same frame; elsewhere React may choose its time.
      return model.subscribe((byUser) => (byUser ? flushSync(tell) : tell()));
    },
    // The model moves the scroll bar, nobody else.
    scrollToFn: () => undefined,
  });
  useLayoutEffect(() => {
    virtualizer.scrollRect = { width: 0, height: scale.viewport };
    bump();
  }, [virtualizer, scale.viewport]);
  return { rows: virtualizer.getVirtualItems().map((item) => band.base + item.index), base: band.base };
}
