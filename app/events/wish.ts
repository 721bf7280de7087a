/** Brings a tab to the place that a link, a reload or the back button names, as soon as its events are indexed. */
import type { DescriptionIndex, ListPosition, ListSpec } from '../../workers/protocol';
import { begin } from '../base/idle';
import { ask } from '../capture/session';
import { runFilterPast } from '../filter/run';
import { eventWords, grouped } from '../format/number';
import { mistakeSentence, sentence } from '../messages/messages';
import {
  startConversations,
  startPlace,
  type EventName,
  type OpenConversation,
  type Place,
  type Selected,
  type Standpoint,
  type TabId,
  type Wish,
} from '../state/model';
import { listKey, listOf, tabById } from '../state/select';
import { store, tell } from '../state/store';
import { fetchFacts } from './moves';
import { sortToEnd } from './sort';

/** A wish that cannot be granted before more is indexed. */
const later = Symbol('later');

async function locate(
  id: TabId,
  list: ListSpec,
  name: EventName | undefined,
  isIndexed: boolean,
): Promise<ListPosition | undefined | typeof later> {
  if (name === undefined) return undefined;
  const answer = await ask(id, 'locate', { list, at: name });
  // While a capture is opened again, the engine before it may still answer that it is dead.
  if (!answer.ok) return isIndexed ? undefined : later;
  if (!isIndexed && answer.value?.exact !== true) return later;
  return answer.value?.position;
}

async function describe(
  id: TabId,
  name: EventName,
  isIndexed: boolean,
): Promise<{ readonly description: DescriptionIndex; readonly label: string } | undefined | typeof later> {
  const answer = await ask(id, 'locate', { list: { unit: 'events' }, at: name });
  if (!answer.ok) return isIndexed ? undefined : later;
  if (answer.value?.exact !== true) return isIndexed ? undefined : later;
  const call = await ask(id, 'call', { row: answer.value.row });
  const fd = call.ok ? call.value.fd : undefined;
  return fd?.followable === true ? { description: fd.description, label: fd.name } : undefined;
}

const told = (name: EventName): string => ('num' in name ? `event ${eventWords(name)}` : `row ${grouped(name.row)}`);

/** What of a wish is not about the list of events. */
function standpointOf(wish: Wish): Partial<Standpoint> {
  const { view, conversation, protocol, against, selected, mark, sort, descending, group } = wish;
  const open: OpenConversation | undefined =
    conversation === undefined
      ? undefined
      : {
          name: conversation,
          wish: { selected, mark },
          calls: 0,
          title: '',
          selected: undefined,
          mark: undefined,
          reveal: undefined,
          top: 0,
          protocol,
          against,
          aside: 'cause',
        };
  return { view, open, conversations: { ...startConversations, sort, descending, group } };
}

async function resolve(id: TabId, wish: Wish, isIndexed: boolean): Promise<readonly Place[] | typeof later> {
  const base: Place = { ...startPlace, unit: wish.unit };
  let place: Place = { ...base, filter: wish.filter };
  // The list filters and sorts itself when it is shown.
  if (wish.view !== 'events') return [wish.by === undefined ? place : { ...place, sort: wish.by }];
  if (wish.follow !== undefined) {
    const found = await describe(id, wish.follow, isIndexed);
    if (found === later) return later;
    if (found === undefined) tell(sentence({ kind: 'no-such-event', what: `conversation of ${told(wish.follow)}` }));
    else {
      place = { ...place, follow: { from: wish.follow, ...found } };
    }
  }
  if (wish.by !== undefined) {
    // An order is that of all rows.
    if (!isIndexed) return later;
    place = { ...place, sort: wish.by };
  }
  if (wish.filter !== '') await runFilterPast(id, wish.filter, wish.by === undefined ? await lastRow(id, [wish.selected, wish.mark, wish.top]) : Infinity);
  if (wish.by !== undefined && (await sortToEnd(id, place, new AbortController().signal)) === undefined) {
    const { sort: _, ...asCaptured } = place;
    place = asCaptured;
  }
  const list = listOf(place);
  const places = await Promise.all([
    locate(id, list, wish.selected, isIndexed),
    locate(id, list, wish.mark, isIndexed),
    locate(id, list, wish.top, isIndexed),
  ]);
  const [selectedAt, markAt, topAt] = places;
  if (selectedAt === later || markAt === later || topAt === later) return later;
  if (wish.selected !== undefined && selectedAt === undefined) {
    tell(sentence({ kind: 'no-such-event', what: told(wish.selected) }));
  }
  // The grid must know of as many rows as the place needs before it is sent there.
  const size = await ask(id, 'count', { list });
  if (size.ok) store.dispatch({ type: 'counted', id, key: listKey(list), value: size.value });
  const selectedOf = async (position: ListPosition | undefined): Promise<Selected | undefined> =>
    position === undefined ? undefined : { position, facts: await fetchFacts(id, list, position) };
  const selected = await selectedOf(selectedAt);
  const top = topAt ?? 0;
  // A link made in a tall window may have its row below the end of a small one; one made after scrolling away stays.
  const wasInView = selected !== undefined && selected.position >= top && selected.position < top + tallestWindow;
  const granted: Place = {
    ...place,
    selected,
    mark: await selectedOf(markAt),
    top,
    reveal:
      selected !== undefined && (topAt === undefined || wasInView)
        ? { position: selected.position, how: topAt === undefined ? 'center' : 'nearest' }
        : undefined,
  };
  return wish.follow !== undefined && place.follow !== undefined ? [base, granted] : [granted];
}

/** Rows that fit on a very tall screen. */
const tallestWindow = 120;

/** The last of some events in the file; undefined when there is none of them. */
async function lastRow(id: TabId, names: readonly (EventName | undefined)[]): Promise<number | undefined> {
  const rows: number[] = [];
  for (const name of names) {
    if (name === undefined) continue;
    const answer = await ask(id, 'locate', { list: { unit: 'events' }, at: name });
    if (answer.ok && answer.value !== undefined) rows.push(answer.value.row);
  }
  return rows.length === 0 ? undefined : Math.max(...rows);
}

/** What is wrong with the filter of a wish; undefined when nothing is. */
async function mistakeIn({ filter }: Wish, id: TabId): Promise<string | undefined | typeof later> {
  if (filter === '') return undefined;
  const answer = await ask(id, 'checkFilter', { text: filter });
  // The engine was asked that is given up for a new one; that one can say.
  if (!answer.ok) return answer.error.kind === 'cancelled' ? later : sentence(answer.error);
  return answer.value.isAccepted ? undefined : mistakeSentence(answer.value.mistake);
}

const running = new Set<TabId>();

/** Tries to grant the wish of a tab; to be called again when more is indexed. */
export async function grantWish(id: TabId): Promise<void> {
  if (running.has(id)) return;
  running.add(id);
  const end = begin();
  try {
    while (await tryOnce(id));
  } finally {
    running.delete(id);
    end();
  }
}

/** Whether it should be tried again at once: another wish was made, or indexing ended, in the meantime. */
async function tryOnce(id: TabId): Promise<boolean> {
  const tab = tabById(store.get(), id);
  const wish = tab?.wish;
  if (tab?.summary === undefined || wish === undefined) return false;
  const mistake = await mistakeIn(wish, id);
  if (mistake === later) return false;
  const places = await resolve(id, mistake === undefined ? wish : { ...wish, filter: '' }, tab.phase.kind !== 'opening');
  const now = tabById(store.get(), id);
  if (now === undefined) return false;
  if (now.wish !== wish) return now.wish !== undefined;
  if (places === later) return now.phase !== tab.phase;
  // The way up leads to where one was, also when a conversation is entered by the forward button.
  const before = now.places[0];
  const [base = startPlace, ...rest] = places;
  // What another view is about says nothing of where a list of events is looked at, only which list it is.
  const kept = wish.view !== 'events' && before !== undefined && listKey(listOf(before)) === listKey(listOf(base)) ? before : undefined;
  const next = rest.length > 0 ? [before ?? base, ...rest] : kept === undefined ? places : [kept];
  store.dispatch({ type: 'wish-done', id, places: next, change: standpointOf(wish) });
  if (mistake !== undefined) {
    store.dispatch({ type: 'draft', id, draft: wish.filter });
    tell(sentence({ kind: 'filter-refused', mistake }), 'alert');
  }
  return false;
}
