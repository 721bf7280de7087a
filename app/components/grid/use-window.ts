/** Ties the rows of a grid to the engine: what is in view is asked for, what is asked for is kept. */
import { useCallback, useEffect, useState, useSyncExternalStore } from 'react';
import type { CaptureError } from '../../../workers/protocol';
import { WindowLoader, type AnyWindow, type FetchWindow } from './window-loader';

export interface Rows<Window extends AnyWindow> {
  readonly window: Window | undefined;
  readonly error: CaptureError | undefined;
  /** To be told which rows are in view. */
  readonly onRange: (first: number, last: number) => void;
}

/**
 * The rows around those in view. Another `key` is another list: rows of the one before are never shown in it. `tick`
 * changes when the engine knows more than before.
 */
export function useWindow<Window extends AnyWindow>(
  key: string,
  rows: number,
  tick: number,
  fetch: FetchWindow<Window>,
): Rows<Window> {
  const [held, setHeld] = useState(() => ({ key, loader: new WindowLoader(fetch) }));
  let { loader } = held;
  if (held.key !== key) {
    loader = new WindowLoader(fetch);
    setHeld({ key, loader });
  }
  const { window, error } = useSyncExternalStore(loader.subscribe, loader.snapshot);
  useEffect(() => () => loader.stop(), [loader]);
  // Called anew by the grid when it changes; without a state of its own, for what is in view changes with every step of a scroll.
  const onRange = useCallback((first: number, last: number) => loader.want(first, last, rows, tick), [loader, rows, tick]);
  return { window, error, onRange };
}
