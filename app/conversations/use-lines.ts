/** The lines of the flow that are in view: they have heights of their own, and there may be a hundred thousand. */
import { useCallback, useLayoutEffect, useReducer, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import type { Reveal } from '../state/model';
import { Heights } from './heights';

/** Lines rendered beyond the view on each side. */
const overscan = 8;
/** A line that is to be seen is gone to again this often, while those around it prove higher than thought. */
const mostTries = 4;

export interface Lines {
  readonly first: number;
  /** Exclusive. */
  readonly end: number;
  readonly total: number;
  readonly startOf: (line: number) => number;
  readonly reveal: (line: number, how: Reveal['how']) => void;
}

/** `form` names what makes heights different: with another one all are measured anew. */
export function useLines(
  element: HTMLElement | null,
  count: number,
  usual: number,
  form: string,
  initialTop: number,
): Lines {
  const [held, setHeld] = useState(() => ({ form, heights: new Heights(usual) }));
  let { heights } = held;
  if (held.form !== form) {
    heights = new Heights(usual);
    setHeld({ form, heights });
  }
  const [, bump] = useReducer((turn: number) => turn + 1, 0);
  const [view, setView] = useState({ top: initialTop, height: 0 });
  const target = useRef<{ readonly line: number; readonly how: Reveal['how']; readonly tries: number } | undefined>(undefined);

  useLayoutEffect(() => {
    if (element === null) return undefined;
    element.scrollTo({ top: initialTop });
    const look = (): void => setView({ top: element.scrollTop, height: element.clientHeight });
    // Lines must be there in the frame that scrolls to them.
    const onScroll = (): void => flushSync(look);
    const observer = new ResizeObserver(look);
    observer.observe(element);
    element.addEventListener('scroll', onScroll, { passive: true });
    look();
    return () => {
      observer.disconnect();
      element.removeEventListener('scroll', onScroll);
    };
    // Where it is scrolled to at first is asked once.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [element]);

  const goTo = useCallback(
    (line: number, how: Reveal['how']): void => {
      if (element === null) return;
      const from = heights.startOf(line);
      const to = heights.startOf(line + 1);
      const { scrollTop, clientHeight } = element;
      const isSeen = from >= scrollTop && to <= scrollTop + clientHeight;
      if (how === 'top') element.scrollTo({ top: from });
      else if (isSeen) return;
      else if (how === 'center') element.scrollTo({ top: (from + to - clientHeight) / 2 });
      else element.scrollTo({ top: from < scrollTop ? from : to - clientHeight });
    },
    [element, heights],
  );

  useLayoutEffect(() => {
    if (element === null) return;
    const measured = new Map<number, number>();
    for (const line of element.querySelectorAll<HTMLElement>('[data-line]')) {
      measured.set(Number(line.dataset['line']), line.offsetHeight);
    }
    const anchor = heights.lineAt(element.scrollTop, count);
    const before = heights.startOf(anchor);
    if (!heights.set(measured)) {
      target.current = undefined;
      return;
    }
    // What is read stays where it is, whatever is above it.
    const moved = heights.startOf(anchor) - before;
    if (moved !== 0) element.scrollBy({ top: moved });
    const wanted = target.current;
    if (wanted !== undefined) {
      goTo(wanted.line, wanted.how);
      target.current = wanted.tries > 1 ? { ...wanted, tries: wanted.tries - 1 } : undefined;
    }
    bump();
  });

  const reveal = useCallback(
    (line: number, how: Reveal['how']): void => {
      target.current = { line, how, tries: mostTries };
      goTo(line, how);
      bump();
    },
    [goTo],
  );
  const startOf = useCallback((line: number) => heights.startOf(line), [heights]);
  const first = Math.max(0, heights.lineAt(view.top, count) - overscan);
  const end = Math.min(count, heights.lineAt(view.top + view.height, count) + 1 + overscan);
  return { first, end, total: heights.startOf(count), startOf, reveal };
}
