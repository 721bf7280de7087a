/**
 * Keeps the address bar and the store in step. The store leads: the fragment is written from it. Steps (another
 * capture, unit or conversation) make an entry of the history; everything finer replaces the current one.
 */
import { debounce } from '../base/debounce';
import { begin } from '../base/idle';
import { isSample } from '../capture/address';
import { openAgain, openSample, type Opening } from '../capture/open';
import { keepOpenTabs, openTabs, restoreTab, type OpenTab } from '../capture/open-tabs';
import { recall, remember } from '../capture/remembered';
import { askRemote, cancelRemote } from '../capture/remote';
import { sessionOf } from '../capture/session';
import { sentence } from '../messages/messages';
import type { AppState, EventName, Selected, Tab, Wish } from '../state/model';
import { activeTab, nameOf, placeOf } from '../state/select';
import { store, tell } from '../state/store';
import type { Link } from '../url/fields';
import { formatFragment, parseFragment } from '../url/fragment';

/** Quick enough to be there when one copies the address, slow enough for a held key: browsers limit such writes. */
const writeAfterMs = 150;

function nameOfSelected(selected: Selected | undefined): EventName | undefined {
  return selected?.facts === undefined ? undefined : nameOf(selected.facts);
}

/** The address of what is shown; undefined while that is not settled. */
function currentLink(state: AppState): Link | undefined {
  const tab = activeTab(state);
  if (tab === undefined) return state.wanted === undefined && state.remote === undefined ? nothing : undefined;
  return linkOf(state, tab);
}

/** The address of what a tab shows; undefined while that is not settled. */
function linkOf(state: AppState, tab: Tab): Link | undefined {
  const fingerprint = tab.summary?.fingerprint ?? '';
  if (tab.wish !== undefined || fingerprint === '') return undefined;
  const place = placeOf(tab);
  const { preferences } = state;
  const { view, conversations, open } = tab;
  const talk = view === 'conversations' ? open : undefined;
  // The conversation has not been found yet.
  if (talk?.wish !== undefined) return undefined;
  // Lines of a comparison are no events.
  const calls = talk?.against === undefined ? talk : undefined;
  const at = calls ?? (view === 'events' ? place : undefined);
  const selected = nameOfSelected(at?.selected);
  // A selection that is not known yet must not be lost on the way.
  if (at?.selected !== undefined && selected === undefined) return undefined;
  return {
    capture: fingerprint,
    name: tab.names[0] ?? '',
    src: sessionOf(tab.id)?.sources[0]?.src,
    view,
    unit: place.unit,
    follow: view === 'events' ? place.follow?.from : undefined,
    // What another view shows does not end what the list of events asks for.
    filter: place.filter,
    conversation: talk?.name,
    protocol: talk?.protocol ?? '',
    against: talk?.against,
    by: place.sort,
    order: { sort: conversations.sort, descending: conversations.descending },
    group: conversations.group,
    selected,
    mark: nameOfSelected(at?.mark),
    top: view === 'events' && place.top > 0 ? place.topName : undefined,
    time: preferences.time,
    callColumns: preferences.columns.calls,
    eventColumns: preferences.columns.events,
    pane: preferences.pane,
    bytesAs: preferences.bytesAs,
    find: preferences.find,
  };
}

const nothing: Link = parseFragment('').link;

/** What makes an entry of the history. */
function stepOf(fragment: string): string {
  const { link } = parseFragment(fragment);
  const follow = link.follow === undefined ? '' : JSON.stringify(link.follow);
  const against = link.against === undefined ? '' : JSON.stringify(link.against);
  return [link.capture ?? '', link.view, link.unit, follow, JSON.stringify(link.filter), JSON.stringify(link.by ?? ''), JSON.stringify(link.conversation ?? ''), against].join(' ');
}

function write(): void {
  const link = currentLink(store.get());
  keepTabs();
  if (link === undefined) return;
  const fragment = formatFragment(link);
  if (fragment === location.hash) return;
  const address = `${location.pathname}${location.search}${fragment}`;
  if (stepOf(fragment) === stepOf(location.hash)) history.replaceState(null, '', address);
  else history.pushState(null, '', address);
  if (link.capture !== undefined) rememberPlace(link.capture, fragment);
}

/** What was open before the page was loaded has been opened again. */
let isRestored = false;

/** Notes what each tab shows, for a reload. */
function keepTabs(): void {
  if (!isRestored) return;
  const state = store.get();
  keepOpenTabs(
    state.tabs.map((tab) => {
      const link = linkOf(state, tab);
      const isActive = tab.id === state.active;
      return { fingerprint: tab.summary?.fingerprint ?? '', name: tab.names[0] ?? '', fragment: link === undefined ? undefined : formatFragment(link), isActive };
    }),
  );
}

let placing = Promise.resolve();

function rememberPlace(fingerprint: string, fragment: string): void {
  placing = placing.then(async () => {
    const capture = await recall(fingerprint);
    if (capture !== undefined && capture.fragment !== fragment) await remember({ ...capture, fragment });
  });
}

export function wishOfLink(link: Link): Wish {
  const { view, conversation, protocol, against, order, group, unit, follow, filter, by, selected, mark, top } = link;
  return { view, conversation, protocol, against, ...order, group, unit, follow, filter, by, selected, mark, top };
}

function tellRejected(rejected: readonly string[], newer: boolean): void {
  if (rejected.length > 0) tell(sentence({ kind: 'link-fields', keys: rejected }));
  if (newer) tell(sentence({ kind: 'link-newer' }));
}

function applyPreferences(link: Link): void {
  store.dispatch({
    type: 'preferences',
    change: {
      time: link.time,
      columns: { calls: link.callColumns, events: link.eventColumns },
      pane: link.pane,
      bytesAs: link.bytesAs,
      find: link.find,
    },
  });
}

/** Brings the page to what the address says: at the start, by back and forward, or by a link put into the bar. */
async function read(opening: Opening = {}): Promise<void> {
  const { link, rejected, newer } = parseFragment(location.hash);
  tellRejected(rejected, newer);
  applyPreferences(link);
  cancelRemote();
  const wish = wishOfLink(link);
  if (link.capture === undefined) {
    store.dispatch({ type: 'wanted', wanted: undefined });
    store.dispatch({ type: 'tab-shown', id: undefined });
    if (link.src !== undefined) await openSource(link.src, wish, opening);
    return;
  }
  const open = store.get().tabs.find((tab) => tab.summary?.fingerprint === link.capture);
  if (open !== undefined) {
    store.dispatch({ type: 'wanted', wanted: undefined });
    store.dispatch({ type: 'wished', id: open.id, wish });
    store.dispatch({ type: 'tab-shown', id: open.id });
    return;
  }
  await want(link.capture, link.name, link.src, wish, opening);
}

/** Opens the other tabs that were open before a reload, each at its place. */
async function restoreTabs(before: readonly OpenTab[]): Promise<void> {
  const lost: string[] = [];
  for (const [order, { fragment, name, isActive }] of before.entries()) {
    const { link } = parseFragment(fragment);
    if (isActive || link.capture === undefined) continue;
    if (!(await restoreTab(link.capture, fragment, wishOfLink(link), order))) lost.push(name);
  }
  isRestored = true;
  if (lost.length > 0) tell(sentence({ kind: 'tabs-lost', names: lost }), 'alert');
}

/** Opens what a link brings the address of; false when that needs the user. */
async function openSource(src: string, wish: Wish, opening: Opening): Promise<boolean> {
  if (isSample(src)) return openSample(src, { ...opening, wish });
  askRemote(src, wish);
  return false;
}

/** Gets a capture again that is not open, by whatever way there is. */
async function want(fingerprint: string, name: string, src: string | undefined, wish: Wish, opening: Opening): Promise<void> {
  const wanted = { fingerprint, name, wish, other: undefined, handle: false, reopening: true };
  store.dispatch({ type: 'wanted', wanted });
  store.dispatch({ type: 'tab-shown', id: undefined });
  const capture = await recall(fingerprint);
  const again = capture === undefined ? 'no' : await openAgain(capture, false, opening);
  const isOpen = again === 'opened' || (again === 'no' && src !== undefined && (await openSource(src, wish, opening)));
  const now = store.get().wanted;
  if (isOpen || now?.fingerprint !== fingerprint) return;
  store.dispatch({ type: 'wanted', wanted: { ...now, reopening: false, handle: again === 'needs-click' } });
}

/** Reads the address, then follows the store and the history. */
export function startAddress(): void {
  const writing = debounce(write, writeAfterMs);
  let before = store.get();
  store.subscribe(() => {
    const now = store.told();
    if (now.tabs !== before.tabs || now.active !== before.active || now.preferences !== before.preferences) writing.call();
    before = now;
  });
  const follow = (): void => {
    writing.cancel();
    void read();
  };
  // Going back and forward, and a link put into the bar of an open page, both end here.
  window.addEventListener('popstate', follow);
  window.addEventListener('pagehide', () => {
    // What is postponed is part of it.
    store.get();
    writing.flush();
  });
  const openBefore = openTabs();
  const end = begin();
  const order = openBefore.findIndex(({ isActive }) => isActive);
  void read(order < 0 ? {} : { order })
    .then(() => restoreTabs(openBefore))
    .finally(end);
}
