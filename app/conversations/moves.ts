/** Every way to move through conversations; commands, keys and mouse all end here. */
import type { ConversationName, ConversationQuery, EventRow, ListPosition } from '../../workers/protocol';
import { begin } from '../base/idle';
import { ask } from '../capture/session';
import { sentence } from '../messages/messages';
import type { EventName, OpenConversation, Reveal, RowFacts, Selected, Tab, TabId } from '../state/model';
import { tabById } from '../state/select';
import { store, tell } from '../state/store';
import { callAt, factsOfCall } from './call-rows';

function tabOf(id: TabId): Tab | undefined {
  return tabById(store.get(), id);
}

/** The question that the list of a tab is the answer to. */
export function queryOf({ conversations }: Tab, narrow: string): ConversationQuery {
  const { sort, descending, group } = conversations;
  return { sort, descending, group, narrow: narrow.trim() };
}

/** Names a conversation, for keys of queries and for people. */
export function nameText({ key, life }: ConversationName): string {
  return life === undefined ? key : `${key}~${life}`;
}

export function isSame(a: ConversationName, b: ConversationName): boolean {
  return a.key === b.key && a.life === b.life;
}

export function nameOf(key: string, life: number | null | undefined): ConversationName {
  return life === null || life === undefined || Number.isNaN(life) ? { key } : { key, life };
}

/** Selects a row of the list. */
export function selectInList(id: TabId, position: number, how: Reveal['how'] = 'nearest'): void {
  const rows = tabOf(id)?.conversations.rows ?? 0;
  if (rows === 0) return;
  const selected = Math.min(Math.max(0, position), rows - 1) as ListPosition;
  store.dispatch({ type: 'list-changed', id, change: { selected, reveal: { position: selected, how } } });
}

/** Opens the conversation of a row of the list. */
export async function openFromList(id: TabId, position?: number): Promise<void> {
  const tab = tabOf(id);
  const at = position ?? tab?.conversations.selected;
  if (tab === undefined || at === undefined) return;
  const query = queryOf(tab, store.get().preferences.find);
  const answer = await ask(id, 'conversations', { query, first: at, count: 1 });
  const key = answer.ok ? answer.value.key[0] : undefined;
  if (!answer.ok || key === undefined) return;
  openConversation(id, nameOf(key, answer.value.life[0]));
}

export function openConversation(id: TabId, name: ConversationName, selected?: EventName): void {
  store.dispatch({
    type: 'conversation-opened',
    id,
    name,
    ...(selected === undefined ? {} : { wish: { selected, mark: undefined } }),
  });
}

/** Facts of one call of a conversation. */
async function callFacts(id: TabId, name: ConversationName, position: number): Promise<RowFacts | undefined> {
  const answer = await ask(id, 'conversationCalls', { name, first: position, count: 1, protocol: '', bytes: 0 });
  const call = answer.ok && answer.value !== undefined ? callAt(answer.value, position) : undefined;
  return call === undefined ? undefined : factsOfCall(call);
}

/** Row of an event of the capture. */
async function rowOf(id: TabId, event: EventName): Promise<EventRow | undefined> {
  if ('row' in event) return event.row;
  const answer = await ask(id, 'locate', { list: { unit: 'events' }, at: event });
  return answer.ok && answer.value?.exact === true ? answer.value.row : undefined;
}

/** Where an event stands among the calls of a conversation; nothing when it is not one of them. */
async function positionOf(id: TabId, name: ConversationName, event: EventName): Promise<Selected | undefined> {
  const row = await rowOf(id, event);
  if (row === undefined) return undefined;
  const answer = await ask(id, 'conversationPosition', { name, row });
  if (!answer.ok || answer.value?.exact !== true) return undefined;
  const { position } = answer.value;
  return { position, facts: await callFacts(id, name, position) };
}

/** Selects what the way into the conversation asked for. */
export async function grantCalls(id: TabId): Promise<void> {
  const open = tabOf(id)?.open;
  if (open?.wish === undefined) return;
  const { name, wish } = open;
  const end = begin();
  try {
    const [selected, mark] = await Promise.all(
      [wish.selected, wish.mark].map(async (event) => (event === undefined ? undefined : positionOf(id, name, event))),
    );
    if (tabOf(id)?.open?.wish !== wish) return;
    const reveal: OpenConversation['reveal'] =
      selected === undefined ? undefined : { position: selected.position, how: 'center' };
    store.dispatch({ type: 'conversation-changed', id, change: { wish: undefined, selected, mark, reveal } });
  } finally {
    end();
  }
}

/** Selects a call of the open conversation. */
export function selectCall(
  id: TabId,
  position: number,
  options: { readonly extend?: boolean; readonly how?: Reveal['how'] | 'none'; readonly facts?: RowFacts | undefined } = {},
): void {
  const calls = tabOf(id)?.open?.calls ?? 0;
  if (calls === 0) return;
  const at = Math.min(Math.max(0, position), calls - 1) as ListPosition;
  store.dispatch({
    type: 'call-selected',
    id,
    selected: { position: at, facts: options.facts },
    extend: options.extend ?? false,
    how: options.how ?? 'nearest',
  });
  if (options.facts === undefined) void fillFacts(id, at);
}

/** Fills in what the selection does not know yet. */
async function fillFacts(id: TabId, position: ListPosition): Promise<void> {
  const open = tabOf(id)?.open;
  if (open === undefined) return;
  const facts = await callFacts(id, open.name, position);
  const now = tabOf(id)?.open;
  if (facts === undefined || now === undefined || !isSame(now.name, open.name)) return;
  const withFacts = (one: Selected | undefined): Selected | undefined =>
    one?.position === position ? { position, facts } : one;
  store.dispatch({
    type: 'conversation-changed',
    id,
    change: { selected: withFacts(now.selected), mark: withFacts(now.mark) },
  });
}

/** Selects the call that an event belongs to; false when it is none of this conversation. */
export async function showInConversation(id: TabId, event: EventName): Promise<boolean> {
  const open = tabOf(id)?.open;
  if (open === undefined) return false;
  const selected = await positionOf(id, open.name, event);
  if (selected === undefined) return false;
  store.dispatch({ type: 'call-selected', id, selected, extend: false, how: 'center' });
  return true;
}

/** Selects the next or previous call that failed. */
export async function seekFailed(id: TabId, step: 1 | -1): Promise<void> {
  const open = tabOf(id)?.open;
  if (open === undefined) return;
  const from = (open.selected?.position ?? (step === 1 ? -1 : Number.MAX_SAFE_INTEGER)) as ListPosition;
  const answer = await ask(id, 'conversationSeekError', { name: open.name, from, step });
  if (!answer.ok) return;
  if (answer.value === undefined) {
    tell(step === 1 ? 'No further call failed in this conversation.' : 'No earlier call failed in this conversation.');
    return;
  }
  const facts = await callFacts(id, open.name, answer.value);
  const selected: Selected = { position: answer.value, facts };
  store.dispatch({ type: 'call-selected', id, selected, extend: false, how: 'center' });
}

/** Shows the next or previous life of the pair. */
export async function stepLife(id: TabId, step: 1 | -1): Promise<void> {
  const open = tabOf(id)?.open;
  if (open === undefined) return;
  const answer = await ask(id, 'conversation', { name: open.name });
  if (!answer.ok || answer.value === undefined) return;
  const { lives } = answer.value;
  const at = lives.findIndex((life) => life.current);
  const next = lives[at + step];
  if (next === undefined) {
    const only = lives.length < 2 ? 'These addresses have only this life.' : undefined;
    tell(only ?? (step === 1 ? 'This is the last life of these addresses.' : 'This is the first life of these addresses.'));
    return;
  }
  store.dispatch({ type: 'life-shown', id, name: nameOf(next.key, next.life) });
}

/** Says why a question about a conversation was not answered. */
export function tellFailure(problem: Parameters<typeof sentence>[0]): void {
  if (problem.kind !== 'cancelled') tell(sentence(problem), 'alert');
}

export function endComparison(id: TabId): void {
  store.dispatch({
    type: 'conversation-changed',
    id,
    // Lines of a comparison are no calls.
    change: { against: undefined, selected: undefined, mark: undefined, reveal: undefined },
  });
}

/** Puts the open conversation beside another one of the same capture. */
export function compareWith(tab: Tab, key: string, life: number | null): void {
  const fingerprint = tab.summary?.fingerprint;
  if (fingerprint === undefined) return;
  const against = { fingerprint, name: nameOf(key, life) };
  store.dispatch({ type: 'conversation-changed', id: tab.id, change: { against } });
}
