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

const conversation: Action = { type: 'conversation-opened', id, name: { key: 'unix:1-2', life: 3 } };

it('steps back lead through every place one came by, whatever it showed', () => {
  const inEvents = after(pick(5));
  const inConversation = reduce(reduce(inEvents, conversation), {
    type: 'call-selected',
    id,
    selected: { position: at(2), facts: undefined },
    extend: false,
    how: 'none',
  });
  const around = reduce(inConversation, { type: 'events-shown', id, places: [placeOf(activeTab(inEvents)!)] });
  expect(activeTab(around)!.view).toBe('events');
  const back = reduce(around, { type: 'went-back', id });
  expect(activeTab(back)!.open).toEqual(activeTab(inConversation)!.open);
  const again = reduce(back, { type: 'went-back', id });
  expect(activeTab(again)!.view).toBe('events');
  expect(placeOf(activeTab(again)!)).toEqual(placeOf(activeTab(inEvents)!));
  expect(reduce(again, { type: 'went-back', id })).toBe(again);
});

it('another life is no step of its own, and forgets what was selected', () => {
  const state = after(conversation, { type: 'life-shown', id, name: { key: 'unix:1-2', life: 4 } });
  expect(activeTab(state)!.trail).toHaveLength(1);
  expect(activeTab(state)!.open).toMatchObject({ name: { life: 4 }, selected: undefined });
});

it('the tab of conversations leads from one of them to the list', () => {
  const state = after(conversation, { type: 'view-shown', id, view: 'conversations' });
  expect(activeTab(state)!.open).toBeUndefined();
});

it('what was refused before a capture was asked for is dismissed when it opens, and nothing else is', () => {
  const notice = (id: number, tone: 'quiet' | 'alert' | 'refusal'): Action => ({ type: 'notice', notice: { id, text: tone, tone } });
  const told = after(notice(1, 'refusal'), notice(2, 'alert'), notice(3, 'quiet'), notice(4, 'refusal'));
  const opened = reduce(told, { type: 'refusals-dismissed', upTo: 3 });
  expect(opened.ui.notices.map((one) => one.id)).toEqual([2, 3, 4]);
  expect(reduce(opened, { type: 'refusals-dismissed', upTo: 3 })).toBe(opened);
});
