/** Parts of the state that more than one view asks for. */
import type { ListCount, ListSpec } from '../../workers/protocol';
import { startPlace, type AppState, type EventName, type Place, type RowFacts, type Tab, type TabId } from './model';

export function activeTab(state: AppState): Tab | undefined {
  return state.tabs.find((tab) => tab.id === state.active);
}

export function tabById(state: AppState, id: TabId): Tab | undefined {
  return state.tabs.find((tab) => tab.id === id);
}

/** The place a tab is at: the last step of its way down. */
export function placeOf(tab: Tab): Place {
  return tab.places.at(-1) ?? startPlace;
}

export function listOf(place: Place): ListSpec {
  const { unit, follow, filter, sort } = place;
  return {
    unit,
    ...(follow === undefined ? {} : { conversation: follow.description }),
    ...(filter === '' ? {} : { filter }),
    ...(sort === undefined ? {} : { sort }),
  };
}

/** Names a list, for keys of queries. */
export function listKey(list: ListSpec): string {
  const { unit, conversation, filter, sort } = list;
  const order = sort === undefined ? '' : `${sort.descending ? '-' : '+'}${sort.by}`;
  return `${unit}${order}${conversation === undefined ? '' : `/${conversation}`}${filter === undefined ? '' : `?${filter}`}`;
}

/** Rows of the current list; 0 until they are counted. */
export function rowsOf(tab: Tab): number {
  return countOf(tab)?.rows ?? 0;
}

export function countOf(tab: Tab): ListCount | undefined {
  return tab.counts[listKey(listOf(placeOf(tab)))];
}

/** Names an event of an unknown type by its row, and any other by its number. */
export function nameOf(facts: Pick<RowFacts, 'row' | 'num' | 'section'>): EventName {
  const { row, num, section } = facts;
  if (num === undefined) return { row };
  return section === undefined ? { num } : { num, section };
}

/** First and last position of the selection. */
export function selectedRange(place: Pick<Place, 'selected' | 'mark'>): { readonly first: number; readonly last: number } | undefined {
  if (place.selected === undefined) return undefined;
  const at = place.selected.position;
  const other = place.mark?.position ?? at;
  return { first: Math.min(at, other), last: Math.max(at, other) };
}

/** Time between two selected rows, in the order of the list. */
export function selectedDelta(place: Pick<Place, 'selected' | 'mark'>): number | undefined {
  const [a, b]: readonly (RowFacts | undefined)[] = [place.selected?.facts, place.mark?.facts];
  if (a === undefined || b === undefined) return undefined;
  return Math.abs(a.ns - b.ns);
}
