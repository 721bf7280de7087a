/** The keys that walk through rows, for whichever list is shown. */
import { ask } from '../capture/session';
import { openFromList, seekFailed, selectCall, selectInList } from '../conversations/moves';
import { clearSelection, followDescription, followSelected, moveBy, moveToEnd, moveToStart, seekError, showAround } from '../events/moves';
import { openFinding, selectFinding } from '../findings/moves';
import type { Tab, TabId } from '../state/model';
import { nameOf, tabById } from '../state/select';
import { store, tell } from '../state/store';

/** Which list has the keys. */
export type Shown = 'events' | 'conversations' | 'calls' | 'comparison' | 'findings';

export function shownIn(tab: Tab): Shown {
  if (tab.view !== 'conversations') return tab.view;
  if (tab.open === undefined) return 'conversations';
  return tab.open.against === undefined ? 'calls' : 'comparison';
}

function tabOf(id: TabId): Tab | undefined {
  return tabById(store.get(), id);
}

/** Selected row of the shown list. */
export function selectedPosition(tab: Tab): number | undefined {
  switch (shownIn(tab)) {
    case 'events':
      return tab.places.at(-1)?.selected?.position;
    case 'conversations':
      return tab.conversations.selected;
    case 'calls':
    case 'comparison':
      return tab.open?.selected?.position;
    case 'findings':
      return tab.finding;
  }
}

function selectAt(tab: Tab, position: number, extend: boolean): void {
  switch (shownIn(tab)) {
    case 'conversations':
      selectInList(tab.id, position);
      break;
    case 'calls':
      selectCall(tab.id, position, { extend });
      break;
    case 'findings':
      selectFinding(tab.id, position);
      break;
    case 'events':
    case 'comparison':
      break;
  }
}

/** Moves the selection by rows. */
export function walk(id: TabId, delta: number, extend = false): void {
  const tab = tabOf(id);
  if (tab === undefined) return;
  if (tab.view === 'events') moveBy(id, delta, extend);
  else selectAt(tab, (selectedPosition(tab) ?? (delta > 0 ? -1 : 1)) + delta, extend);
}

export function walkPage(id: TabId, direction: 1 | -1, extend = false): void {
  walk(id, direction * Math.max(1, store.get().ui.viewportRows - 1), extend);
}

export function walkToStart(id: TabId, extend = false): void {
  const tab = tabOf(id);
  if (tab === undefined) return;
  if (tab.view === 'events') moveToStart(id, extend);
  else selectAt(tab, 0, extend);
}

export function walkToEnd(id: TabId, extend = false): void {
  const tab = tabOf(id);
  if (tab === undefined) return;
  if (tab.view === 'events') moveToEnd(id, extend);
  else selectAt(tab, Number.MAX_SAFE_INTEGER, extend);
}

export function unselect(id: TabId): void {
  const tab = tabOf(id);
  if (tab === undefined) return;
  switch (shownIn(tab)) {
    case 'events':
      clearSelection(id);
      break;
    case 'conversations':
      store.dispatch({ type: 'list-changed', id, change: { selected: undefined } });
      break;
    case 'calls':
    case 'comparison':
      store.dispatch({ type: 'call-selected', id, selected: undefined, extend: false, how: 'none' });
      break;
    case 'findings':
      break;
  }
}

/** Time before and after a call within which its surroundings are shown. */
export const reachNs = 1_000_000;

/** Opens what the selected row stands for. */
export function openSelected(id: TabId): void {
  const tab = tabOf(id);
  if (tab === undefined) return;
  switch (shownIn(tab)) {
    case 'events':
      void followSelected(id);
      break;
    case 'conversations':
      void openFromList(id);
      break;
    case 'calls':
      showSurroundings(id);
      break;
    case 'findings':
      openFinding(id);
      break;
    case 'comparison':
      break;
  }
}

/** Shows all events within a millisecond of the selected call. */
export function showSurroundings(id: TabId): void {
  const facts = tabOf(id)?.open?.selected?.facts;
  if (facts !== undefined) void showAround(id, facts, reachNs);
}

export function walkToError(id: TabId, step: 1 | -1): void {
  const tab = tabOf(id);
  if (tab === undefined) return;
  if (shownIn(tab) === 'calls') void seekFailed(id, step);
  else if (tab.view === 'events') void seekError(id, step);
}

/** Shows all events of the socket or pipe that the selected call is about, from its opening to its close. */
export async function showFdLife(id: TabId): Promise<void> {
  const open = tabOf(id)?.open;
  const facts = open?.selected?.facts;
  if (open === undefined || facts === undefined) return;
  const answer = await ask(id, 'call', { row: facts.row });
  const fd = answer.ok ? answer.value.fd : undefined;
  if (fd === undefined) {
    tell('It is not known which file descriptor this call was about.');
    return;
  }
  await followDescription(id, { from: nameOf(facts), description: fd.description, label: fd.name }, facts.row);
}
