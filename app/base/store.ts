import { useSyncExternalStore } from 'react';
import { debounce } from './debounce';

/** Holds one immutable state; a reducer is the only way to change it. */
export interface Store<State, Action> {
  readonly get: () => State;
  readonly dispatch: (action: Action) => void;
  /**
   * Makes a change that nothing on the page shows, such as where a list is scrolled to: when the state is read or changed
   * next, or a moment after the last of several. The last one with a key stands for those before.
   */
  readonly postpone: (key: string, action: Action) => void;
  /** The state without what is postponed: what listeners were told of last. */
  readonly told: () => State;
  readonly subscribe: (listener: () => void) => () => void;
}

/** Long enough for the next step of a scroll to come in between. */
const postponedMs = 150;

export function createStore<State, Action>(
  initial: State,
  reduce: (state: State, action: Action) => State,
): Store<State, Action> {
  let state = initial;
  const listeners = new Set<() => void>();
  const postponed = new Map<string, Action>();
  const change = (actions: Iterable<Action>): void => {
    let next = state;
    for (const action of actions) next = reduce(next, action);
    if (next === state) return;
    state = next;
    for (const listener of [...listeners]) listener();
  };
  const settle = (): void => {
    if (postponed.size === 0) return;
    const actions = [...postponed.values()];
    postponed.clear();
    later.cancel();
    change(actions);
  };
  const later = debounce(settle, postponedMs);
  return {
    get: () => {
      settle();
      return state;
    },
    dispatch: (action) => {
      settle();
      change([action]);
    },
    postpone: (key, action) => {
      postponed.delete(key);
      postponed.set(key, action);
      later.call();
    },
    told: () => state,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** A part of the state; `select` must return parts, not make new ones. */
export function useStore<State, Action, Part>(store: Store<State, Action>, select: (state: State) => Part): Part {
  return useSyncExternalStore(store.subscribe, () => select(store.told()));
}
