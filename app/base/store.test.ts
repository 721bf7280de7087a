import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createStore } from './store';

const sum = (): { readonly store: ReturnType<typeof createStore<readonly string[], string>>; readonly told: (readonly string[])[] } => {
  const store = createStore<readonly string[], string>([], (state, action) => (action === '' ? state : [...state, action]));
  const told: (readonly string[])[] = [];
  store.subscribe(() => told.push(store.told()));
  return { store, told };
};

describe('what is postponed', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('is told of once, after the last of several', () => {
    const { store, told } = sum();
    store.postpone('place', 'a');
    store.postpone('place', 'b');
    expect(told).toEqual([]);
    vi.runAllTimers();
    expect(told).toEqual([['b']]);
  });

  it('is there for whoever reads the state', () => {
    const { store } = sum();
    store.postpone('place', 'a');
    expect(store.told()).toEqual([]);
    expect(store.get()).toEqual(['a']);
    expect(store.told()).toEqual(['a']);
  });

  it('comes before the change that follows it', () => {
    const { store, told } = sum();
    store.postpone('place', 'a');
    store.postpone('other', 'b');
    store.dispatch('c');
    expect(store.told()).toEqual(['a', 'b', 'c']);
    vi.runAllTimers();
    expect(told.at(-1)).toEqual(['a', 'b', 'c']);
  });

  it('tells nobody when it changes nothing', () => {
    const { store, told } = sum();
    store.postpone('place', '');
    vi.runAllTimers();
    expect(told).toEqual([]);
  });
});
