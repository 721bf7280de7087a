/** Puts the list of events in the order of a column: the engine does it in steps, and the list changes when it is done. */
import { useEffect } from 'react';
import { sortColumns, type SortColumn, type SortSpec } from '../../workers/protocol';
import { begin } from '../base/idle';
import { ask } from '../capture/session';
import { sentence } from '../messages/messages';
import { isField } from '../state/columns';
import type { Place, Tab, TabId } from '../state/model';
import { listKey, listOf, placeOf, tabById } from '../state/select';
import { store, tell } from '../state/store';
import { keepSelection, recount, relisted } from './moves';
import { fetchAhead, withAhead } from './windows';

/** What the columns of the grid are sorted by; a field is sorted by itself. */
const sortedBy: Readonly<Record<string, SortColumn>> = {
  num: 'row',
  exit: 'exit',
  time: 'row',
  dir: 'evt.dir',
  cpu: 'cpu',
  process: 'process',
  call: 'type',
  type: 'type',
  fd: 'fd',
  fdname: 'fdName',
  what: 'info',
  info: 'info',
  returned: 'returned',
  asked: 'requested',
  took: 'latency',
};

/** The greatest of these is what one looks for. */
const greatestFirst: readonly SortColumn[] = ['row', 'exit', 'latency', 'requested', 'returned'];

/** What a column is sorted by; undefined for a name that is no column. */
export function sortOfColumn(id: string): SortColumn | undefined {
  return isField(id) ? id : sortedBy[id];
}

/** The order after the one that is shown: a column's usual direction, then the other one, then that of the capture. */
export function nextSort(shown: SortSpec | undefined, by: SortColumn): SortSpec | undefined {
  const usual = greatestFirst.includes(by);
  if (shown?.by !== by) return { by, descending: usual };
  // The capture's own order is the other direction of this one.
  return shown.descending === usual && by !== 'row' ? { by, descending: !usual } : undefined;
}

const names: Readonly<Record<(typeof sortColumns)[number], string>> = {
  row: 'time',
  exit: 'exit event',
  cpu: 'CPU',
  process: 'process',
  type: 'event type',
  fd: 'fd number',
  fdName: 'fd name',
  info: 'parameters',
  latency: 'latency',
  requested: 'bytes asked for',
  returned: 'result',
};

/** What a list is sorted by, in words. */
export function orderName(by: SortColumn): string {
  const column = sortColumns.find((one) => one === by);
  return column === undefined ? by : names[column];
}

/** What another click on a column does. */
export function sortLabel(shown: SortSpec | undefined, by: SortColumn): string {
  const next = nextSort(shown, by);
  if (next === undefined) return 'Order as captured';
  return `Sort by ${orderName(by)}, ${next.descending ? 'greatest' : 'least'} first`;
}

/** Every order that the palette offers. */
export const orders: readonly { readonly id: string; readonly title: string; readonly sort: SortSpec }[] = (
  sortColumns
).map((by) => {
  const sort = { by, descending: greatestFirst.includes(by) };
  return { id: by, title: sortLabel(undefined, by), sort };
});

/** Sorts the list of a place to the end, and tells how far it is. Undefined when it was stopped or cannot be done. */
export async function sortToEnd(id: TabId, place: Place, signal: AbortSignal): Promise<boolean | undefined> {
  const list = listOf(place);
  const { sort } = place;
  if (sort === undefined) return true;
  try {
    for (;;) {
      const answer = await ask(id, 'sort', { list }, signal);
      if (signal.aborted) return undefined;
      if (!answer.ok) {
        if (answer.error.kind !== 'cancelled') tell(sentence(answer.error), 'alert');
        return undefined;
      }
      const { done, total } = answer.value;
      if (done === total) return true;
      store.dispatch({ type: 'sorting', id, sorting: { sort, done, total } });
    }
  } finally {
    store.dispatch({ type: 'sorting', id, sorting: undefined });
  }
}

let sorting: AbortController | undefined;

/** Leaves the list in the order it has. */
export function stopSorting(): void {
  sorting?.abort();
  sorting = undefined;
}

/** Shows the list in another order, or in that of the capture; the selected row stays where it is on the screen. */
export async function sortList(id: TabId, sort: SortSpec | undefined): Promise<void> {
  stopSorting();
  const abort = new AbortController();
  sorting = abort;
  const before = tabById(store.get(), id);
  if (before === undefined) return;
  const place = placeOf(before);
  const { sort: _, ...rest } = place;
  const next: Place = sort === undefined ? rest : { ...rest, sort };
  const end = begin();
  try {
    if ((await sortToEnd(id, next, abort.signal)) === undefined) return;
    const now = tabById(store.get(), id);
    // The user has moved on to another list in the meantime.
    if (now === undefined || listKey(listOf(placeOf(now))) !== listKey(listOf(place))) return;
    // In an order one looks at its head first.
    const there = await relisted(id, placeOf(now), next);
    const shown = sort === undefined ? there : { ...there, top: 0, reveal: undefined };
    // Its rows come with it: they are read from all over the file.
    const ahead = sort === undefined ? undefined : await fetchAhead(id, listOf(shown), store.get().ui.viewportRows + 2);
    if (!abort.signal.aborted) withAhead(ahead, () => store.dispatch({ type: 'filtered', id, place: shown }));
  } finally {
    end();
  }
}

/** Sorts by a column; again: the other way round; once more: as captured. */
export function sortByColumn(id: TabId, column: string): void {
  const tab = tabById(store.get(), id);
  const by = sortOfColumn(column);
  if (tab === undefined || by === undefined) return;
  void sortList(id, nextSort(placeOf(tab).sort, by));
}

/** Sorts the list anew when it has become complete since: all is indexed, and the filter has looked at all of it. */
export function useAppliedSort(tab: Tab): void {
  const { id, phase, sought } = tab;
  const place = placeOf(tab);
  const key = listKey(listOf(place));
  const isSought = place.filter === '' || (sought?.filter === place.filter && sought.count.looked >= sought.count.total);
  const isComplete = phase.kind !== 'opening' && isSought;
  const isSorted = place.sort !== undefined;
  useEffect(() => {
    if (!isSorted || !isComplete) return undefined;
    const abort = new AbortController();
    const now = tabById(store.get(), id);
    if (now === undefined) return undefined;
    void sortToEnd(id, placeOf(now), abort.signal).then((done) => {
      if (done === undefined) return;
      store.dispatch({ type: 'sorted', id });
      recount(id);
      void keepSelection(id);
    });
    return () => abort.abort();
  }, [id, key, isSorted, isComplete]);
}
