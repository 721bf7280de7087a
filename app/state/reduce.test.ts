import { expect, it } from 'vitest';
import type { DescriptionIndex, ListPosition } from '../../workers/protocol';
import { initialState, type AppState, type TabId } from './model';
import { reduce, type Action } from './reduce';
import { activeTab, placeOf, selectedRange } from './select';

const id = 1 as TabId;
const opened: Action = { type: 'tab-opened', id, names: ['a.scap'], bytes: 1, wish: undefined, show: true };
const at = (position: number): ListPosition => position as ListPosition;

function after(...actions: readonly Action[]): AppState {
  return [opened, ...actions].reduce(reduce, initialState);
}

function pick(position: number, extend = false): Action {
  return { type: 'selected', id, selected: { position: at(position), facts: undefined }, extend, how: 'nearest' };
}

const follow: Action = {
  type: 'followed',
  id,
  follow: { from: { num: 7 }, description: 3 as DescriptionIndex, label: 'x' },
  unit: 'calls',
  selected: undefined,
};

it('extending keeps the row where the range began', () => {
  const place = placeOf(activeTab(after(pick(5), pick(8, true), pick(3, true)))!);
  expect(selectedRange(place)).toEqual({ first: 3, last: 5 });
});

it('picking a row without extending ends the range', () => {
  const place = placeOf(activeTab(after(pick(5), pick(8, true), pick(6)))!);
  expect(selectedRange(place)).toEqual({ first: 6, last: 6 });
});

it('going up leads to the same place', () => {
  const scrolled: Action = { type: 'scrolled', id, top: 12.5, name: { num: 40 } };
  const before = after(pick(14), scrolled);
  const there = [follow, pick(2), { type: 'went-back', id } as const].reduce(reduce, before);
  expect(placeOf(activeTab(there)!)).toEqual(placeOf(activeTab(before)!));
});

it('following from inside a conversation goes sideways, not deeper', () => {
  const state = after(follow, { ...follow, follow: { ...follow.follow, description: 4 as DescriptionIndex } });
  expect(activeTab(state)!.places).toHaveLength(2);
});

it('facts go to the row they are about, and to no other', () => {
  const facts = { row: 9, num: 9, exitNum: undefined, ns: 1 } as never;
  const state = after(pick(5), { type: 'facts', id, position: at(4), facts });
  expect(placeOf(activeTab(state)!).selected?.facts).toBeUndefined();
});

it('closing the shown capture shows its neighbour', () => {
  const second = 2 as TabId;
  const state = after({ ...opened, id: second }, { type: 'tab-closed', id: second });
  expect(state.active).toBe(id);
  expect(reduce(state, { type: 'tab-closed', id }).active).toBeUndefined();
});

it('what changes nothing keeps the state as it is', () => {
  const state = after();
  expect(reduce(state, { type: 'tab-shown', id })).toBe(state);
  expect(reduce(state, { type: 'tab-closed', id: 9 as TabId })).toBe(state);
});
