import type { CaptureError, CaptureSummary, ConversationName, Finding, ListCount, ListPosition, Progress } from '../../workers/protocol';
import { assertNever } from '../base/assert';
import {
  startConversations,
  startPlace,
  type AppState,
  type ColumnLayout,
  type ConversationsPlace,
  type EventName,
  type Follow,
  type Notice,
  type OpenConversation,
  type Overlay,
  type Phase,
  type Place,
  type Preferences,
  type Remote,
  type Reveal,
  type RowFacts,
  type Selected,
  type Sought,
  type Standpoint,
  type Tab,
  type TabId,
  type Ui,
  type Unit,
  type View,
  type Wanted,
  type Wish,
  type Sorting,
} from './model';
import { placeOf } from './select';

export type Action =
  | { readonly type: 'tab-opened'; readonly id: TabId; readonly names: readonly string[]; readonly bytes: number; readonly wish: Wish | undefined; readonly show: boolean; readonly order?: number | undefined }
  | { readonly type: 'progress'; readonly id: TabId; readonly progress: Progress }
  | { readonly type: 'indexed'; readonly id: TabId; readonly summary: CaptureSummary; readonly elapsedMs: number }
  | { readonly type: 'phase'; readonly id: TabId; readonly phase: Phase }
  | { readonly type: 'trouble'; readonly id: TabId; readonly error: CaptureError | undefined }
  | { readonly type: 'tab-closed'; readonly id: TabId }
  | { readonly type: 'tab-shown'; readonly id: TabId | undefined }
  | { readonly type: 'counted'; readonly id: TabId; readonly key: string; readonly value: ListCount }
  | { readonly type: 'scrolled'; readonly id: TabId; readonly top: number; readonly name: EventName | undefined }
  | { readonly type: 'selected'; readonly id: TabId; readonly selected: Selected | undefined; readonly extend: boolean; readonly how: Reveal['how'] | 'none' }
  | { readonly type: 'revealed'; readonly id: TabId; readonly reveal: Reveal }
  | { readonly type: 'facts'; readonly id: TabId; readonly position: ListPosition; readonly facts: RowFacts }
  | { readonly type: 'place-replaced'; readonly id: TabId; readonly place: Place }
  | { readonly type: 'filtered'; readonly id: TabId; readonly place: Place }
  | { readonly type: 'sorting'; readonly id: TabId; readonly sorting: Sorting | undefined }
  | { readonly type: 'sorted'; readonly id: TabId }
  | { readonly type: 'draft'; readonly id: TabId; readonly draft: string | undefined }
  | { readonly type: 'sought'; readonly id: TabId; readonly sought: Sought }
  | { readonly type: 'followed'; readonly id: TabId; readonly follow: Follow; readonly unit: Unit; readonly selected: Selected | undefined }
  | { readonly type: 'view-shown'; readonly id: TabId; readonly view: View }
  | { readonly type: 'events-shown'; readonly id: TabId; readonly places: readonly Place[] }
  | { readonly type: 'list-changed'; readonly id: TabId; readonly change: Partial<ConversationsPlace> }
  | { readonly type: 'conversation-opened'; readonly id: TabId; readonly name: ConversationName; readonly wish?: OpenConversation['wish'] }
  | { readonly type: 'life-shown'; readonly id: TabId; readonly name: ConversationName }
  | { readonly type: 'conversation-changed'; readonly id: TabId; readonly change: Partial<OpenConversation> }
  | { readonly type: 'call-selected'; readonly id: TabId; readonly selected: Selected | undefined; readonly extend: boolean; readonly how: Reveal['how'] | 'none' }
  | { readonly type: 'findings'; readonly id: TabId; readonly findings: readonly Finding[] }
  | { readonly type: 'finding-selected'; readonly id: TabId; readonly finding: number }
  | { readonly type: 'went-back'; readonly id: TabId }
  | { readonly type: 'wished'; readonly id: TabId; readonly wish: Wish }
  | { readonly type: 'wish-done'; readonly id: TabId; readonly places: readonly Place[]; readonly change: Partial<Standpoint> }
  | { readonly type: 'wanted'; readonly wanted: Wanted | undefined }
  | { readonly type: 'remote'; readonly remote: Remote | undefined }
  | { readonly type: 'preferences'; readonly change: Partial<Preferences> }
  | { readonly type: 'columns'; readonly unit: Unit; readonly layout: ColumnLayout | undefined }
  | { readonly type: 'overlay'; readonly overlay: Overlay }
  | { readonly type: 'notice'; readonly notice: Notice }
  | { readonly type: 'notice-dismissed'; readonly id: number }
  | { readonly type: 'refusals-dismissed'; readonly upTo: number }
  | { readonly type: 'ui'; readonly change: Partial<Pick<Ui, 'viewportRows' | 'inspectorOpen' | 'singleKeys' | 'finding' | 'box'>> };

function changeTab(state: AppState, id: TabId, change: (tab: Tab) => Tab): AppState {
  const before = state.tabs.find((tab) => tab.id === id);
  if (before === undefined) return state;
  const after = change(before);
  return after === before ? state : { ...state, tabs: state.tabs.map((tab) => (tab === before ? after : tab)) };
}

function changePlace(state: AppState, id: TabId, change: (place: Place) => Place): AppState {
  return changeTab(state, id, (tab) => {
    const place = placeOf(tab);
    const next = change(place);
    return next === place ? tab : { ...tab, places: [...tab.places.slice(0, -1), next] };
  });
}

function withDraft(state: AppState, id: TabId, draft: string | undefined): AppState {
  if (state.drafts.get(id) === draft) return state;
  const drafts = new Map(state.drafts);
  if (draft === undefined) drafts.delete(id);
  else drafts.set(id, draft);
  return { ...state, drafts };
}

/** Steps back that are kept. */
const longestTrail = 50;

function withStep(tab: Tab): Pick<Tab, 'trail'> {
  const { view, places, conversations, open, trail } = tab;
  return { trail: [...trail, { view, places, conversations, open }].slice(-longestTrail) };
}

function opened(name: ConversationName, wish: OpenConversation['wish']): OpenConversation {
  return {
    name,
    wish,
    calls: 0,
    title: '',
    selected: undefined,
    mark: undefined,
    reveal: undefined,
    top: 0,
    protocol: '',
    against: undefined,
    aside: 'cause',
  };
}

/** Selects a row; extending keeps the row where the range began. */
function picked<P extends Pick<Place, 'selected' | 'mark' | 'reveal'>>(
  place: P,
  action: { readonly selected: Selected | undefined; readonly extend: boolean; readonly how: Reveal['how'] | 'none' },
): P {
  const { selected, how } = action;
  if (selected === undefined) return { ...place, selected, mark: undefined };
  const mark = action.extend ? (place.mark ?? place.selected) : undefined;
  return {
    ...place,
    selected,
    mark: mark?.position === selected.position ? undefined : mark,
    reveal: how === 'none' ? place.reveal : { position: selected.position, how },
  };
}

/** Where a step back leads: as one came, else up. */
function wentBack(tab: Tab): Tab {
  const before = tab.trail.at(-1);
  if (before !== undefined) return { ...tab, ...before, trail: tab.trail.slice(0, -1) };
  if (tab.view === 'conversations' && tab.open !== undefined) return { ...tab, open: undefined };
  if (tab.view === 'events' && tab.places.length > 1) return { ...tab, places: tab.places.slice(0, -1) };
  return tab;
}

function withFacts(selected: Selected | undefined, position: ListPosition, facts: RowFacts): Selected | undefined {
  return selected?.position === position ? { position, facts } : selected;
}

function sameName(a: EventName | undefined, b: EventName | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return 'num' in a ? 'num' in b && a.num === b.num && a.section === b.section : 'row' in b && a.row === b.row;
}

export function reduce(state: AppState, action: Action): AppState {
  switch (action.type) {
    case 'tab-opened': {
      const tab: Tab = {
        id: action.id,
        order: action.order ?? Math.max(-1, ...state.tabs.map((one) => one.order)) + 1,
        names: action.names,
        bytes: action.bytes,
        phase: { kind: 'opening' },
        progress: undefined,
        summary: undefined,
        tick: 0,
        view: 'events',
        places: [startPlace],
        conversations: startConversations,
        open: undefined,
        findings: undefined,
        finding: undefined,
        trail: [],
        counts: {},
        wish: action.wish,
        sought: undefined,
        sorting: undefined,
        sorts: 0,
        trouble: undefined,
      };
      const tabs = [...state.tabs, tab].sort((a, b) => a.order - b.order);
      return action.show ? { ...state, tabs, active: action.id, remote: undefined } : { ...state, tabs };
    }
    case 'progress':
      return changeTab(state, action.id, (tab) => ({
        ...tab,
        progress: action.progress,
        summary: action.progress.summary,
        // The key of a list of everything is its unit.
        counts: { ...tab.counts, ...action.progress.counts },
        tick: tab.tick + 1,
      }));
    case 'indexed':
      return changeTab(state, action.id, (tab) => ({
        ...tab,
        // From now on in the order of recording, and without files that are no part of it.
        names: action.summary.names,
        phase: { kind: 'ready', elapsedMs: action.elapsedMs },
        summary: action.summary,
        tick: tab.tick + 1,
      }));
    case 'phase':
      return changeTab(state, action.id, (tab) => ({ ...tab, phase: action.phase }));
    case 'trouble':
      return changeTab(state, action.id, (tab) =>
        tab.trouble === action.error ? tab : { ...tab, trouble: action.error },
      );
    case 'tab-closed': {
      const at = state.tabs.findIndex((tab) => tab.id === action.id);
      if (at < 0) return state;
      const tabs = state.tabs.filter((tab) => tab.id !== action.id);
      const neighbour = tabs[Math.min(at, tabs.length - 1)]?.id;
      return withDraft({ ...state, tabs, active: state.active === action.id ? neighbour : state.active }, action.id, undefined);
    }
    case 'tab-shown':
      if (action.id === undefined) return { ...state, active: undefined };
      if (state.active === action.id && state.remote === undefined) return state;
      return { ...state, active: action.id, remote: undefined };
    case 'counted':
      return changeTab(state, action.id, (tab) => {
        const known = tab.counts[action.key];
        const { rows, events, total } = action.value;
        return known?.rows === rows && known.events === events && known.total === total
          ? tab
          : { ...tab, counts: { ...tab.counts, [action.key]: action.value } };
      });
    case 'scrolled':
      return changePlace(state, action.id, (place) =>
        place.top === action.top && sameName(place.topName, action.name)
          ? place
          : { ...place, top: action.top, topName: action.name },
      );
    case 'selected':
      return changePlace(state, action.id, (place) => picked(place, action));
    case 'revealed':
      return changePlace(state, action.id, (place) =>
        place.reveal === action.reveal ? { ...place, reveal: undefined } : place,
      );
    case 'facts':
      return changePlace(state, action.id, (place) => ({
        ...place,
        selected: withFacts(place.selected, action.position, action.facts),
        mark: withFacts(place.mark, action.position, action.facts),
      }));
    case 'place-replaced':
      return changePlace(state, action.id, (place) => ({ ...action.place, jump: place.jump + 1 }));
    case 'filtered':
      return changeTab(withDraft(state, action.id, undefined), action.id, (tab) => ({
        ...tab,
        ...withStep(tab),
        places: [...tab.places.slice(0, -1), { ...action.place, jump: placeOf(tab).jump + 1 }],
      }));
    case 'sorting':
      return changeTab(state, action.id, (tab) => (tab.sorting === action.sorting ? tab : { ...tab, sorting: action.sorting }));
    case 'sorted':
      return changeTab(state, action.id, (tab) => ({ ...tab, sorts: tab.sorts + 1 }));
    case 'draft':
      return withDraft(state, action.id, action.draft);
    case 'sought':
      return changeTab(state, action.id, (tab) => ({ ...tab, sought: action.sought }));
    case 'followed':
      return changeTab(state, action.id, (tab) => {
        const place: Place = {
          ...startPlace,
          unit: action.unit,
          follow: action.follow,
          selected: action.selected,
          reveal:
            action.selected === undefined ? undefined : { position: action.selected.position, how: 'center' },
        };
        // One step deep: following from inside a conversation goes sideways, so "up" always leads to all events.
        const isSideways = placeOf(tab).follow !== undefined;
        return { ...tab, ...(isSideways ? {} : withStep(tab)), view: 'events', places: [...tab.places.slice(0, 1), place] };
      });
    case 'view-shown':
      return changeTab(state, action.id, (tab) => ({
        ...tab,
        view: action.view,
        trail: [],
        // Its tab leads from a conversation to the list.
        open: tab.view === 'conversations' && action.view === 'conversations' ? undefined : tab.open,
      }));
    case 'events-shown':
      return changeTab(state, action.id, (tab) => ({
        ...tab,
        ...withStep(tab),
        view: 'events',
        places: action.places.map((place) => ({ ...place, jump: placeOf(tab).jump + 1 })),
      }));
    case 'list-changed':
      return changeTab(state, action.id, (tab) => ({ ...tab, conversations: { ...tab.conversations, ...action.change } }));
    case 'conversation-opened':
      return changeTab(state, action.id, (tab) => ({
        ...tab,
        ...withStep(tab),
        view: 'conversations',
        open: opened(action.name, action.wish),
      }));
    case 'life-shown':
      return changeTab(state, action.id, (tab) => ({
        ...tab,
        view: 'conversations',
        open: {
          ...opened(action.name, undefined),
          protocol: tab.open?.protocol ?? '',
          aside: tab.open?.aside ?? 'cause',
        },
      }));
    case 'conversation-changed':
      return changeTab(state, action.id, (tab) =>
        tab.open === undefined ? tab : { ...tab, open: { ...tab.open, ...action.change } },
      );
    case 'call-selected':
      return changeTab(state, action.id, (tab) =>
        tab.open === undefined ? tab : { ...tab, open: picked(tab.open, action) },
      );
    case 'findings':
      return changeTab(state, action.id, (tab) => ({ ...tab, findings: action.findings }));
    case 'finding-selected':
      return changeTab(state, action.id, (tab) => ({ ...tab, finding: action.finding }));
    case 'went-back':
      return changeTab(state, action.id, wentBack);
    case 'wished':
      return changeTab(state, action.id, (tab) => ({ ...tab, wish: action.wish }));
    case 'wish-done':
      return changeTab(withDraft(state, action.id, undefined), action.id, (tab) => ({
        ...tab,
        wish: undefined,
        trail: [],
        ...action.change,
        places: action.places.map((place) => ({ ...place, jump: placeOf(tab).jump + 1 })),
      }));
    case 'wanted':
      return { ...state, wanted: action.wanted };
    case 'remote':
      return { ...state, remote: action.remote };
    case 'preferences':
      return { ...state, preferences: { ...state.preferences, ...action.change } };
    case 'columns':
      return {
        ...state,
        preferences: {
          ...state.preferences,
          columns: { ...state.preferences.columns, [action.unit]: action.layout },
        },
      };
    case 'overlay':
      return { ...state, ui: { ...state.ui, overlay: action.overlay } };
    case 'notice':
      return { ...state, ui: { ...state.ui, notices: [...state.ui.notices, action.notice] } };
    case 'refusals-dismissed': {
      const notices = state.ui.notices.filter(({ tone, id }) => tone !== 'refusal' || id > action.upTo);
      return notices.length === state.ui.notices.length ? state : { ...state, ui: { ...state.ui, notices } };
    }
    case 'notice-dismissed':
      return {
        ...state,
        ui: { ...state.ui, notices: state.ui.notices.filter((notice) => notice.id !== action.id) },
      };
    case 'ui':
      return { ...state, ui: { ...state.ui, ...action.change } };
    default:
      return assertNever(action);
  }
}
