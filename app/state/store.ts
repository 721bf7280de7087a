import { createStore, useStore } from '../base/store';
import { initialState, type AppState, type Notice } from './model';
import { reduce, type Action } from './reduce';

/** The page's one store. */
export const store = createStore<AppState, Action>(initialState, reduce);

/** A part of the page's state. */
export function useApp<Part>(select: (state: AppState) => Part): Part {
  return useStore(store, select);
}

let lastNotice = 0;

/** The last notice so far. */
export const noticesSoFar = (): number => lastNotice;

/** Tells the user something; quiet notices go away by themselves. */
export function tell(text: string, tone: Notice['tone'] = 'quiet'): void {
  lastNotice += 1;
  store.dispatch({ type: 'notice', notice: { id: lastNotice, text, tone } });
}
