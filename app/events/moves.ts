/** Every way to move through the events of a capture; commands, keys and mouse all end here. */
import type { EventRow, ListPosition, ListSpec, RelNs } from '../../workers/protocol';
import { begin } from '../base/idle';
import { ask } from '../capture/session';
import { eventText, eventWords, grouped, type EventNumber } from '../format/number';
import { sentence } from '../messages/messages';
import { startPlace, type Follow, type Place, type Reveal, type RowFacts, type Selected, type Tab, type TabId, type Unit } from '../state/model';
import { listKey, listOf, nameOf, placeOf, rowsOf, selectedRange, tabById } from '../state/select';
import { store, tell } from '../state/store';
import type { Target } from './go-to';
import { factsOf, rowAt, shownFacts } from './rows';

function tabOf(id: TabId): Tab | undefined {
  return tabById(store.get(), id);
}

/** Facts of one row, wherever it is. */
export async function fetchFacts(id: TabId, list: ListSpec, position: number): Promise<RowFacts | undefined> {
  const answer = await ask(id, 'window', { list, first: position as ListPosition, count: 1 });
  const row = answer.ok ? rowAt(answer.value, position) : undefined;
  return row === undefined ? undefined : factsOf(row);
}

/** Selects a row of the current list. */
export function select(
  id: TabId,
  position: number,
  options: { readonly extend?: boolean; readonly how?: Reveal['how'] | 'none'; readonly facts?: RowFacts | undefined } = {},
): void {
  const tab = tabOf(id);
  if (tab === undefined) return;
  const rows = rowsOf(tab);
  if (rows === 0) return;
  const at = Math.min(Math.max(0, position), rows - 1) as ListPosition;
  store.dispatch({
    type: 'selected',
    id,
    selected: { position: at, facts: options.facts ?? shownFacts(id, listKey(listOf(placeOf(tab))), at) },
    extend: options.extend ?? false,
    how: options.how ?? 'nearest',
  });
}

/** Moves the selection by rows; without one, to the first row in view. */
export function moveBy(id: TabId, delta: number, extend = false): void {
  const tab = tabOf(id);
  if (tab === undefined) return;
  const place = placeOf(tab);
  if (place.selected === undefined) select(id, Math.ceil(place.top), { extend });
  else select(id, place.selected.position + delta, { extend });
}

export function moveByPage(id: TabId, direction: 1 | -1, extend = false): void {
  moveBy(id, direction * Math.max(1, store.get().ui.viewportRows - 1), extend);
}

export function moveToStart(id: TabId, extend = false): void {
  select(id, 0, { extend, how: 'top' });
}

export function moveToEnd(id: TabId, extend = false): void {
  const tab = tabOf(id);
  if (tab !== undefined) select(id, rowsOf(tab) - 1, { extend });
}

export function clearSelection(id: TabId): void {
  store.dispatch({ type: 'selected', id, selected: undefined, extend: false, how: 'none' });
}

/** Where a list shows an event: a list of calls shows an exit at its call. */
async function positionIn(id: TabId, list: ListSpec, row: EventRow): Promise<ListPosition | undefined> {
  const answer = await ask(id, 'locate', { list, at: { row } });
  return answer.ok ? answer.value?.position : undefined;
}

async function moved(id: TabId, list: ListSpec, selected: Selected | undefined): Promise<Selected | undefined> {
  if (selected?.facts === undefined) return undefined;
  const position = await positionIn(id, list, selected.facts.row);
  if (position === undefined) return undefined;
  return { position, facts: await fetchFacts(id, list, position) };
}

async function count(id: TabId, list: ListSpec): Promise<void> {
  const answer = await ask(id, 'count', { list });
  if (answer.ok) store.dispatch({ type: 'counted', id, key: listKey(list), value: answer.value });
}

/** Shows calls as events or events as calls; the selected row stays where it is on the screen. */
export async function showUnit(id: TabId, unit: Unit): Promise<void> {
  const before = tabOf(id);
  if (before === undefined) return;
  const place = placeOf(before);
  if (place.unit === unit) return;
  const end = begin();
  try {
    const next = await relisted(id, place, { ...place, unit });
    const now = tabOf(id);
    // The user has moved on in the meantime.
    if (now === undefined || listKey(listOf(placeOf(now))) !== listKey(listOf(place))) return;
    store.dispatch({ type: 'place-replaced', id, place: next });
  } finally {
    end();
  }
}

function isInView(place: Place): place is Place & { readonly selected: Selected } {
  const { selected, top } = place;
  return selected !== undefined && selected.position >= Math.floor(top) && selected.position <= top + store.get().ui.viewportRows;
}

/** The same place in another list: the selected row, or the nearest that the list has, stays where it is on the screen. */
export async function relisted(id: TabId, place: Place, next: Place): Promise<Place> {
  const list = listOf(next);
  const [, selected, mark, topFacts] = await Promise.all([
    count(id, list),
    moved(id, list, place.selected),
    moved(id, list, place.mark),
    fetchFacts(id, listOf(place), Math.floor(place.top)),
  ]);
  let top = 0;
  if (isInView(place) && selected !== undefined) {
    top = Math.max(0, selected.position - (place.selected.position - place.top));
  } else if (topFacts !== undefined) {
    top = (await positionIn(id, list, topFacts.row)) ?? 0;
  }
  return { ...next, selected, mark, top, topName: undefined, reveal: place.reveal };
}

function selectedFacts(id: TabId): RowFacts | undefined {
  const tab = tabOf(id);
  return tab === undefined ? undefined : placeOf(tab).selected?.facts;
}

/** Opens the conversation of the selected row, or of another; what is not a socket or pipe is followed by its events. */
export async function followSelected(id: TabId, facts = selectedFacts(id)): Promise<void> {
  if (facts === undefined) return;
  const end = begin();
  try {
    const answer = await ask(id, 'call', { row: facts.row });
    if (!answer.ok) {
      if (answer.error.kind !== 'cancelled') tell(sentence(answer.error), 'alert');
      return;
    }
    const { fd } = answer.value;
    if (fd?.followable !== true) {
      tell(`${answer.value.type} ${facts.num === undefined ? `row ${grouped(facts.row)}` : `#${eventText(facts.num, facts.section)}`} is not about a socket, pipe or file that can be followed.`);
      return;
    }
    const found = await ask(id, 'conversationOf', { description: fd.description, row: facts.row });
    const name = found.ok ? found.value : undefined;
    if (name !== undefined) {
      store.dispatch({ type: 'conversation-opened', id, name, wish: { selected: nameOf(facts), mark: undefined } });
    } else {
      await followDescription(id, { from: nameOf(facts), description: fd.description, label: fd.name }, facts.row);
    }
  } finally {
    end();
  }
}

/** Goes from the enter of a call to its exit, and back. */
export async function goToPartner(id: TabId, facts = selectedFacts(id)): Promise<void> {
  if (facts === undefined) return;
  const answer = await ask(id, 'call', { row: facts.row });
  if (!answer.ok) {
    if (answer.error.kind !== 'cancelled') tell(sentence(answer.error), 'alert');
    return;
  }
  const { enter, exit, isCall } = answer.value;
  const partner = enter?.row === facts.row ? exit : enter;
  if (partner !== undefined) await goToRow(id, partner.row);
  else if (!isCall) tell('This event is no call: it has no other event.');
  else tell(exit === undefined ? 'The exit of this call is not in the capture.' : 'The enter of this call is not in the capture.');
}

/** Shows all events of one open file, socket or pipe, from its opening to its close. */
export async function followDescription(id: TabId, follow: Follow, row: EventRow): Promise<void> {
  const tab = tabOf(id);
  if (tab === undefined) return;
  const place = placeOf(tab);
  if (tab.view === 'events' && place.follow?.description === follow.description) return;
  const { unit } = place;
  const list: ListSpec = { unit, conversation: follow.description };
  const [position] = await Promise.all([positionIn(id, list, row), count(id, list)]);
  const selected = position === undefined ? undefined : { position, facts: await fetchFacts(id, list, position) };
  store.dispatch({ type: 'followed', id, follow, unit, selected });
}

/** Shows an event among all events, as a step that one can take back. */
export async function showAmongEvents(id: TabId, row: EventRow): Promise<void> {
  const tab = tabOf(id);
  if (tab === undefined) return;
  const { unit } = placeOf(tab);
  const list: ListSpec = { unit };
  const end = begin();
  try {
    const [position] = await Promise.all([positionIn(id, list, row), count(id, list)]);
    if (position === undefined) return;
    const selected = { position, facts: await fetchFacts(id, list, position) };
    const place: Place = { ...startPlace, unit, selected, reveal: { position, how: 'center' } };
    store.dispatch({ type: 'events-shown', id, places: [place] });
  } finally {
    end();
  }
}

/** Shows everything that happened within `reachNs` of a moment, as a marked range among all events. */
export async function showAround(id: TabId, around: RowFacts, reachNs: number): Promise<void> {
  const tab = tabOf(id);
  if (tab === undefined) return;
  const { unit } = placeOf(tab);
  const list: ListSpec = { unit };
  const end = begin();
  try {
    const at = async (ns: number): Promise<ListPosition | undefined> => {
      const answer = await ask(id, 'locate', { list, at: { ns: Math.max(0, ns) as RelNs } });
      return answer.ok ? answer.value?.position : undefined;
    };
    const [from, behind, middle, size] = await Promise.all([
      at(around.ns - reachNs),
      at(around.ns + reachNs),
      positionIn(id, list, around.row),
      ask(id, 'count', { list }),
    ]);
    if (from === undefined || middle === undefined || !size.ok) return;
    store.dispatch({ type: 'counted', id, key: listKey(list), value: size.value });
    const last = Math.max(middle, (behind ?? size.value.rows) - 1) as ListPosition;
    const mark = { position: from, facts: await fetchFacts(id, list, from) };
    const selected = { position: last, facts: await fetchFacts(id, list, last) };
    const top = Math.max(0, middle - Math.floor(store.get().ui.viewportRows / 2));
    const place: Place = { ...startPlace, unit, selected, mark: from === last ? undefined : mark, top };
    store.dispatch({ type: 'events-shown', id, places: [place] });
  } finally {
    end();
  }
}

/** Takes back the last step, or goes up. */
export function goBack(id: TabId): void {
  store.dispatch({ type: 'went-back', id });
}

/** Whether a row stands before a number that is not there, so that nothing comes at or after that. */
function isBefore(facts: RowFacts | undefined, event: EventNumber): boolean {
  if (facts?.num === undefined) return true;
  const section = facts.section ?? 1;
  const wanted = event.section ?? section;
  return section < wanted || (section === wanted && facts.num < event.num);
}

/** Goes to an event or a time of the current list; says so when there is none. */
export async function goTo(id: TabId, target: Target): Promise<boolean> {
  const tab = tabOf(id);
  if (tab === undefined) return false;
  const isShown = tab.view === 'events';
  const list: ListSpec = isShown ? listOf(placeOf(tab)) : { unit: placeOf(tab).unit };
  const at = target.kind === 'event' ? target.event : { ns: target.ns };
  const answer = await ask(id, 'locate', { list, at });
  if (!answer.ok) {
    if (answer.error.kind !== 'cancelled') tell(sentence(answer.error), 'alert');
    return false;
  }
  const facts = answer.value === undefined ? undefined : await fetchFacts(id, list, answer.value.position);
  const isBeyond = target.kind === 'event' && answer.value?.exact !== true && isBefore(facts, target.event);
  if (answer.value === undefined || isBeyond) {
    const what = target.kind === 'event' ? `event ${eventWords(target.event)}` : 'event that late';
    tell(sentence({ kind: 'no-such-event', what }));
    return false;
  }
  if (target.kind === 'event' && !answer.value.exact) {
    tell(`Event ${eventWords(target.event)} is not in this list: the next one is selected.`);
  }
  if (isShown) select(id, answer.value.position, { how: 'center', facts });
  else await showAmongEvents(id, answer.value.row);
  return true;
}

/** Goes to an event by its row, leaving the list of one file or of what passes a filter when the event is not in it. */
export async function goToRow(id: TabId, row: EventRow): Promise<void> {
  const tab = tabOf(id);
  if (tab === undefined) return;
  const list = listOf(placeOf(tab));
  const answer = await ask(id, 'locate', { list, at: { row } });
  const isNarrowed = list.conversation !== undefined || list.filter !== undefined;
  if (isNarrowed && answer.ok && answer.value?.exact !== true) {
    await showAmongEvents(id, row);
    return;
  }
  if (!answer.ok || answer.value === undefined) return;
  const { position } = answer.value;
  select(id, position, { how: 'center', facts: await fetchFacts(id, list, position) });
}

/** Selects the next or previous failed call. */
export async function seekError(id: TabId, step: 1 | -1): Promise<void> {
  const tab = tabOf(id);
  if (tab === undefined) return;
  const place = placeOf(tab);
  const list = listOf(place);
  const from = (place.selected?.position ?? Math.floor(place.top) - step) as ListPosition;
  const answer = await ask(id, 'seekError', { list, from, step });
  if (!answer.ok) return;
  if (answer.value === undefined) {
    tell(step === 1 ? 'No further error in this list.' : 'No earlier error in this list.');
    return;
  }
  select(id, answer.value, { how: 'center', facts: await fetchFacts(id, list, answer.value) });
}

let finding: AbortController | undefined;

/** Selects the next or previous row that contains the text; a new search overtakes the running one. */
export async function findText(id: TabId, text: string, step: 1 | -1): Promise<void> {
  finding?.abort();
  const tab = tabOf(id);
  if (tab === undefined || text === '') return;
  const abort = new AbortController();
  finding = abort;
  store.dispatch({ type: 'ui', change: { finding: 'running' } });
  const place = placeOf(tab);
  const list = listOf(place);
  const from = (place.selected?.position ?? Math.floor(place.top) - step) as ListPosition;
  const answer = await ask(id, 'findText', { list, text, from, step }, abort.signal);
  if (finding !== abort) return;
  const found = answer.ok ? answer.value : undefined;
  store.dispatch({ type: 'ui', change: { finding: answer.ok && found === undefined ? 'none' : 'idle' } });
  if (found !== undefined) select(id, found, { how: 'center', facts: await fetchFacts(id, list, found) });
}

export function stopFinding(): void {
  finding?.abort();
  finding = undefined;
  store.dispatch({ type: 'ui', change: { finding: 'idle' } });
}

/**
 * Keeps the selection on its row where others have come in before it: a call passes a filter by its exit, too, which is
 * looked at after calls behind it. A selected row that is in view stays where it is on the screen.
 */
export async function keepSelection(id: TabId): Promise<void> {
  const tab = tabOf(id);
  if (tab === undefined) return;
  const before = placeOf(tab);
  const list = listOf(before);
  if (list.filter === undefined && list.sort === undefined) return;
  const [selected, mark] = await Promise.all([again(id, list, before.selected), again(id, list, before.mark)]);
  const now = tabOf(id);
  const place = now === undefined ? undefined : placeOf(now);
  if (place === undefined || listKey(listOf(place)) !== listKey(list)) return;
  // The user has selected something else in the meantime.
  if (place.selected !== before.selected || place.mark !== before.mark) return;
  if (selected === place.selected && mark === place.mark) return;
  const top = isInView(place) && selected !== undefined ? Math.max(0, place.top + selected.position - place.selected.position) : place.top;
  store.dispatch({ type: 'place-replaced', id, place: { ...place, selected, mark, top } });
}

/** A selection at the position that its row has now; the same when that has not changed. */
async function again(id: TabId, list: ListSpec, selected: Selected | undefined): Promise<Selected | undefined> {
  if (selected?.facts === undefined) return selected;
  const position = await positionIn(id, list, selected.facts.row);
  return position === undefined || position === selected.position ? selected : { ...selected, position };
}

/** Copies the selected rows as the text sysdig prints. */
export async function copyRows(id: TabId): Promise<void> {
  const tab = tabOf(id);
  const place = tab === undefined ? undefined : placeOf(tab);
  const range = place === undefined ? undefined : selectedRange(place);
  if (place === undefined || range === undefined) {
    tell('Select a row first: there is nothing to copy.');
    return;
  }
  const length = range.last - range.first + 1;
  const answer = await ask(id, 'text', { list: listOf(place), first: range.first as ListPosition, count: length });
  if (!answer.ok) {
    tell(sentence({ kind: 'not-copied', reason: 'the capture could not be read' }), 'alert');
    return;
  }
  try {
    await navigator.clipboard.writeText(answer.value);
    tell(length === 1 ? 'Copied one row as text.' : `Copied ${grouped(length)} rows as text.`);
  } catch (cause) {
    tell(sentence({ kind: 'not-copied', reason: cause instanceof Error ? cause.message : 'the browser refused' }), 'alert');
  }
}

/** Counts the rows of the current list anew. */
export function recount(id: TabId): void {
  const tab = tabOf(id);
  if (tab !== undefined) void count(id, listOf(placeOf(tab)));
}
