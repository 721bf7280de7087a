/** Every command of the page, once: the palette, the key sheet and the keyboard all read this list. */
import { closeTab, reopen, stopIndexing } from '../capture/open';
import { stepLife } from '../conversations/moves';
import { copyRows, findText, goBack, goToPartner, showUnit } from '../events/moves';
import { orders, sortList } from '../events/sort';
import { focusBox } from '../filter/filter-box';
import { applyFilter } from '../filter/moves';
import { copyCommand } from '../filter/term-menu';
import { timeModeNames, timeModes, type TimeMode } from '../format/time';
import type { AppState, BytesAs, ConversationsPlace, InspectorPane, Overlay, TabId, View } from '../state/model';
import { activeTab, placeOf } from '../state/select';
import { store } from '../state/store';
import { nextTheme } from './theme';
import {
  openSelected,
  selectedPosition,
  showFdLife,
  showSurroundings,
  shownIn,
  unselect,
  walk,
  walkPage,
  walkToEnd,
  walkToError,
  walkToStart,
} from './walk';

export interface Command {
  readonly id: string;
  readonly title: string;
  /** Keys as `KeyboardEvent.key` has them, with `Mod+` for Ctrl or ⌘ and `Shift+`. */
  readonly keys: readonly string[];
  readonly group: 'Filter' | 'Move' | 'Conversation' | 'View' | 'Capture' | 'Page';
  /** Works only while the grid or nothing in particular has the focus: such keys mean something elsewhere. */
  readonly gridOnly?: boolean;
  /** Whether it can be given now. */
  readonly when: (state: AppState) => boolean;
  readonly run: () => void;
}

const always = (): boolean => true;
const withCapture = (state: AppState): boolean => activeTab(state) !== undefined;
const isReading = (state: AppState): boolean => activeTab(state)?.phase.kind === 'opening';
const withSelection = (state: AppState): boolean => {
  const tab = activeTab(state);
  return tab !== undefined && selectedPosition(tab) !== undefined;
};
const shows =
  (...lists: readonly ReturnType<typeof shownIn>[]) =>
  (state: AppState): boolean => {
    const tab = activeTab(state);
    return tab !== undefined && lists.includes(shownIn(tab));
  };
const inEvents = shows('events');
const withEventSelected = (state: AppState): boolean => inEvents(state) && withSelection(state);
const isFiltered = (state: AppState): boolean => {
  const tab = activeTab(state);
  return tab?.view === 'events' && placeOf(tab).filter !== '';
};
const isSorted = (state: AppState): boolean => {
  const tab = activeTab(state);
  return tab?.view === 'events' && placeOf(tab).sort !== undefined;
};
const inCalls = shows('calls');
const withCallSelected = (state: AppState): boolean => inCalls(state) && withSelection(state);
const canGoBack = (state: AppState): boolean => {
  const tab = activeTab(state);
  if (tab === undefined) return false;
  if (tab.trail.length > 0) return true;
  return tab.view === 'events' ? tab.places.length > 1 : tab.view === 'conversations' && tab.open !== undefined;
};

/** Runs something for the capture that is shown. */
function onTab(run: (id: TabId) => void): () => void {
  return () => {
    const { active } = store.get();
    if (active !== undefined) run(active);
  };
}

export function showOverlay(overlay: Overlay): void {
  store.dispatch({ type: 'overlay', overlay });
}

function setTime(time: TimeMode): void {
  store.dispatch({ type: 'preferences', change: { time } });
}

/** Beside the calls of a conversation: its cause, or the selected call. */
function setAside(aside: 'cause' | 'call'): void {
  const { active } = store.get();
  if (active !== undefined) store.dispatch({ type: 'conversation-changed', id: active, change: { aside } });
}

function showView(view: View): () => void {
  return onTab((id) => {
    store.dispatch({ type: 'view-shown', id, view });
    focusRows();
  });
}

function setForm(bytesAs: BytesAs): void {
  store.dispatch({ type: 'preferences', change: { bytesAs } });
}

function setGroup(group: ConversationsPlace['group']): () => void {
  return onTab((id) => store.dispatch({ type: 'list-changed', id, change: { group, selected: undefined, top: 0 } }));
}

/** Takes the cursor to the rows that are shown, once they are. */
export function focusRows(): void {
  requestAnimationFrame(() => document.querySelector<HTMLElement>('[role=grid]')?.focus());
}

/** As the menu key does, for keyboards that have none. */
function openRowMenu(): void {
  focusRows();
  requestAnimationFrame(() => {
    document.querySelector('[role=grid]')?.dispatchEvent(new MouseEvent('contextmenu', { bubbles: true, cancelable: true }));
  });
}

export function showPane(pane: InspectorPane): void {
  store.dispatch({ type: 'preferences', change: { pane } });
  store.dispatch({ type: 'ui', change: { inspectorOpen: true } });
  setAside('call');
}

export function openDialog(): void {
  document.querySelector<HTMLInputElement>('#open-capture')?.click();
}

function showTab(step: 1 | -1): void {
  const { tabs, active } = store.get();
  const at = tabs.findIndex((tab) => tab.id === active);
  const next = tabs[(at + step + tabs.length) % tabs.length];
  if (next !== undefined) store.dispatch({ type: 'tab-shown', id: next.id });
}

function toggleUnit(id: TabId): void {
  const tab = store.get().tabs.find((one) => one.id === id);
  if (tab !== undefined) void showUnit(id, placeOf(tab).unit === 'calls' ? 'events' : 'calls');
}

const find = (step: 1 | -1) => onTab((id) => void findText(id, store.get().preferences.find, step));

const hasFind = (state: AppState): boolean => withCapture(state) && state.preferences.find !== '';

export const commands: readonly Command[] = [
  { id: 'palette', title: 'All commands', keys: ['Mod+k'], group: 'Page', when: always, run: () => showOverlay('palette') },
  { id: 'keys', title: 'Keys', keys: ['?'], group: 'Page', when: always, run: () => showOverlay('keys') },
  { id: 'open', title: 'Open capture…', keys: ['Mod+o'], group: 'Capture', when: always, run: openDialog },
  { id: 'filter', title: 'Filter', keys: ['/'], group: 'Filter', when: withCapture, run: () => focusBox('filter') },
  { id: 'filter-clear', title: 'Clear filter', keys: [], group: 'Filter', when: isFiltered, run: onTab((id) => void applyFilter(id, '')) },
  { id: 'explain', title: 'Why does an event pass the filter, or not? How is it run?', keys: ['y'], group: 'Filter', when: withCapture, run: () => showOverlay('explain') },
  { id: 'export', title: 'Export what is shown…', keys: [], group: 'Filter', when: inEvents, run: () => showOverlay('export') },
  { id: 'command-copy', title: 'Copy as sysdig command', keys: [], group: 'Filter', when: inEvents, run: onTab((id) => void copyCommand(id)) },
  { id: 'find', title: 'Find text in rows', keys: ['Mod+f'], group: 'Move', when: withCapture, run: () => focusBox('find') },
  { id: 'find-next', title: 'Next match', keys: ['n'], group: 'Move', when: hasFind, run: find(1) },
  { id: 'find-previous', title: 'Previous match', keys: ['N'], group: 'Move', when: hasFind, run: find(-1) },
  { id: 'goto', title: 'Go to event or time…', keys: ['g'], group: 'Move', when: withCapture, run: () => showOverlay('goto') },
  { id: 'down', title: 'Next row', keys: ['j', 'ArrowDown'], gridOnly: true, group: 'Move', when: withCapture, run: onTab((id) => walk(id, 1)) },
  { id: 'up-row', title: 'Previous row', keys: ['k', 'ArrowUp'], gridOnly: true, group: 'Move', when: withCapture, run: onTab((id) => walk(id, -1)) },
  { id: 'down-extend', title: 'Extend selection down', keys: ['J', 'Shift+ArrowDown'], gridOnly: true, group: 'Move', when: withCapture, run: onTab((id) => walk(id, 1, true)) },
  { id: 'up-extend', title: 'Extend selection up', keys: ['K', 'Shift+ArrowUp'], gridOnly: true, group: 'Move', when: withCapture, run: onTab((id) => walk(id, -1, true)) },
  { id: 'page-down', title: 'One screen down', keys: ['PageDown'], gridOnly: true, group: 'Move', when: withCapture, run: onTab((id) => walkPage(id, 1)) },
  { id: 'page-up', title: 'One screen up', keys: ['PageUp'], gridOnly: true, group: 'Move', when: withCapture, run: onTab((id) => walkPage(id, -1)) },
  { id: 'page-down-extend', title: 'Extend selection one screen down', keys: ['Shift+PageDown'], gridOnly: true, group: 'Move', when: withCapture, run: onTab((id) => walkPage(id, 1, true)) },
  { id: 'page-up-extend', title: 'Extend selection one screen up', keys: ['Shift+PageUp'], gridOnly: true, group: 'Move', when: withCapture, run: onTab((id) => walkPage(id, -1, true)) },
  { id: 'home', title: 'First row', keys: ['Home'], gridOnly: true, group: 'Move', when: withCapture, run: onTab((id) => walkToStart(id)) },
  { id: 'end', title: 'Last row', keys: ['End'], gridOnly: true, group: 'Move', when: withCapture, run: onTab((id) => walkToEnd(id)) },
  { id: 'home-extend', title: 'Extend selection to the first row', keys: ['Shift+Home'], gridOnly: true, group: 'Move', when: withCapture, run: onTab((id) => walkToStart(id, true)) },
  { id: 'end-extend', title: 'Extend selection to the last row', keys: ['Shift+End'], gridOnly: true, group: 'Move', when: withCapture, run: onTab((id) => walkToEnd(id, true)) },
  { id: 'error-next', title: 'Next error', keys: ['e'], group: 'Move', when: withCapture, run: onTab((id) => walkToError(id, 1)) },
  { id: 'error-previous', title: 'Previous error', keys: ['E'], group: 'Move', when: withCapture, run: onTab((id) => walkToError(id, -1)) },
  { id: 'follow', title: 'Follow conversation, open the selected row', keys: ['Enter'], gridOnly: true, group: 'Move', when: withSelection, run: onTab(openSelected) },
  { id: 'back', title: 'Back to the place before, or up', keys: ['Backspace'], gridOnly: true, group: 'Move', when: canGoBack, run: onTab((id) => { goBack(id); focusRows(); }) },
  { id: 'unselect', title: 'Clear selection', keys: ['Escape'], gridOnly: true, group: 'Move', when: withSelection, run: onTab(unselect) },
  { id: 'copy', title: 'Copy selected rows as sysdig prints them', keys: ['c', 'Mod+c'], gridOnly: true, group: 'Move', when: withEventSelected, run: onTab((id) => void copyRows(id)) },
  { id: 'partner', title: 'The other event of the call: enter or exit', keys: ['%'], gridOnly: true, group: 'Move', when: withEventSelected, run: onTab((id) => void goToPartner(id)) },
  { id: 'menu', title: 'Menu of the selected row', keys: ['m'], gridOnly: true, group: 'Move', when: withEventSelected, run: openRowMenu },
  { id: 'view-events', title: 'Events', keys: ['V'], group: 'View', when: withCapture, run: showView('events') },
  { id: 'view-conversations', title: 'Conversations', keys: ['C'], group: 'View', when: withCapture, run: showView('conversations') },
  { id: 'view-findings', title: 'Findings', keys: ['F'], group: 'View', when: withCapture, run: showView('findings') },
  { id: 'life-previous', title: 'Previous life of these addresses', keys: ['['], group: 'Conversation', when: inCalls, run: onTab((id) => void stepLife(id, -1)) },
  { id: 'life-next', title: 'Next life of these addresses', keys: [']'], group: 'Conversation', when: inCalls, run: onTab((id) => void stepLife(id, 1)) },
  { id: 'bytes-decoded', title: 'Bytes decoded', keys: ['1'], group: 'Conversation', when: inCalls, run: () => setForm('decoded') },
  { id: 'bytes-ascii', title: 'Bytes as ASCII', keys: ['2'], group: 'Conversation', when: inCalls, run: () => setForm('ascii') },
  { id: 'bytes-hex', title: 'Bytes in hex', keys: ['3'], group: 'Conversation', when: inCalls, run: () => setForm('hex') },
  { id: 'bytes-raw', title: 'Bytes as they are', keys: ['4'], group: 'Conversation', when: inCalls, run: () => setForm('raw') },
  { id: 'compare', title: 'Compare with another conversation…', keys: ['x'], group: 'Conversation', when: inCalls, run: () => showOverlay('compare') },
  { id: 'cause', title: 'Cause, bytes and holders', keys: ['w'], group: 'Conversation', when: inCalls, run: () => { setAside('cause'); store.dispatch({ type: 'ui', change: { inspectorOpen: true } }); } },
  { id: 'around', title: 'Events within 1 ms of the selected call', keys: ['a'], group: 'Conversation', when: withCallSelected, run: onTab(showSurroundings) },
  { id: 'fd-life', title: 'Life of the selected call’s file descriptor', keys: ['d'], group: 'Conversation', when: withCallSelected, run: onTab((id) => void showFdLife(id)) },
  { id: 'process', title: 'Process of the selected call', keys: ['p'], group: 'Conversation', when: withCallSelected, run: () => showPane('state') },
  { id: 'group-none', title: 'Conversations ungrouped', keys: [], group: 'Conversation', when: shows('conversations'), run: setGroup('') },
  { id: 'group-path', title: 'Conversations by path or port', keys: [], group: 'Conversation', when: shows('conversations'), run: setGroup('path') },
  { id: 'group-processes', title: 'Conversations by process pair', keys: [], group: 'Conversation', when: shows('conversations'), run: setGroup('processes') },
  { id: 'unit', title: 'Calls or raw events', keys: ['v'], group: 'View', when: inEvents, run: onTab(toggleUnit) },
  ...timeModes.map(
    (mode): Command => ({
      id: `time-${mode}`,
      title: `Time: ${timeModeNames[mode].toLowerCase().replace('utc', 'UTC')}`,
      keys: mode === 'since' ? ['t'] : [],
      group: 'View',
      when: withCapture,
      run: () => setTime(mode === 'since' && store.get().preferences.time === 'since' ? 'local' : mode),
    }),
  ),
  ...orders.map(
    ({ id, title, sort }): Command => ({ id: `sort-${id}`, title, keys: [], group: 'View', when: inEvents, run: onTab((tab) => void sortList(tab, sort)) }),
  ),
  { id: 'sort-none', title: 'Order as captured', keys: [], group: 'View', when: isSorted, run: onTab((tab) => void sortList(tab, undefined)) },
  { id: 'columns', title: 'Columns…', keys: [], group: 'View', when: inEvents, run: () => showOverlay('columns') },
  { id: 'columns-reset', title: 'Usual columns', keys: [], group: 'View', when: withCapture, run: () => store.dispatch({ type: 'preferences', change: { columns: { calls: undefined, events: undefined } } }) },
  { id: 'inspector', title: 'Show or hide the inspector', keys: ['i'], group: 'View', when: withCapture, run: () => store.dispatch({ type: 'ui', change: { inspectorOpen: !store.get().ui.inspectorOpen } }) },
  { id: 'pane-call', title: 'Inspector: Call', keys: [], group: 'View', when: withCapture, run: () => showPane('call') },
  { id: 'pane-bytes', title: 'Inspector: Bytes', keys: ['b'], group: 'View', when: withCapture, run: () => showPane('bytes') },
  { id: 'pane-state', title: 'Inspector: State', keys: ['s'], group: 'View', when: withCapture, run: () => showPane('state') },
  { id: 'tab-next', title: 'Next capture', keys: [], group: 'Capture', when: (state) => state.tabs.length > 1, run: () => showTab(1) },
  { id: 'tab-previous', title: 'Previous capture', keys: [], group: 'Capture', when: (state) => state.tabs.length > 1, run: () => showTab(-1) },
  { id: 'stop', title: 'Stop reading', keys: [], group: 'Capture', when: isReading, run: onTab(stopIndexing) },
  { id: 'reopen', title: 'Reopen capture', keys: [], group: 'Capture', when: withCapture, run: onTab((id) => void reopen(id)) },
  { id: 'close', title: 'Close capture', keys: [], group: 'Capture', when: withCapture, run: onTab(closeTab) },
  { id: 'start', title: 'Start page', keys: [], group: 'Page', when: withCapture, run: () => store.dispatch({ type: 'tab-shown', id: undefined }) },
  { id: 'theme', title: 'Change colours: system, light, dark', keys: [], group: 'Page', when: always, run: nextTheme },
];

