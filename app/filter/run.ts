/** Runs filters in the engine, which answers several times a second how far it is. */
import { useEffect } from 'react';
import type { Answer, FilterCount, ListCount } from '../../workers/protocol';
import { ask } from '../capture/session';
import { keepSelection, recount } from '../events/moves';
import type { Tab, TabId, Unit } from '../state/model';
import { listKey, listOf, placeOf, tabById } from '../state/select';
import { store } from '../state/store';

/** Whether all that is indexed so far has been looked at. */
export function isDone({ looked, total }: FilterCount): boolean {
  return looked >= total;
}

/** Runs an accepted filter until a row has been looked at; without a row, until there is something to show. */
export async function runFilterPast(
  id: TabId,
  text: string,
  row: number | undefined,
  signal?: AbortSignal,
): Promise<Answer<FilterCount>> {
  for (;;) {
    const answer = await ask(id, 'runFilter', row === undefined ? { text, enough: screenful() } : { text }, signal);
    if (!answer.ok || isDone(answer.value) || row === undefined || answer.value.looked > row) return answer;
  }
}

/** Rows that fill the list, those that are cut included. */
export function screenful(): number {
  return store.get().ui.viewportRows + 2;
}

/** A filter that is being run for all who want to know. */
interface Run {
  readonly abort: AbortController;
  readonly listeners: Set<(answer: Answer<FilterCount>) => void>;
  readonly ended: Promise<void>;
}

const runs = new Map<string, Run>();

/** Runs an accepted filter to the end of what is indexed, and tells of each step. What runs already is joined. */
export async function runFilter(
  id: TabId,
  text: string,
  signal: AbortSignal,
  onStep: (answer: Answer<FilterCount>) => void,
): Promise<void> {
  if (signal.aborted) return;
  const key = `${id} ${text}`;
  const run = runs.get(key) ?? startRun(key, id, text);
  run.listeners.add(onStep);
  const leave = (): void => {
    run.listeners.delete(onStep);
    if (run.listeners.size > 0) return;
    run.abort.abort();
    if (runs.get(key) === run) runs.delete(key);
  };
  signal.addEventListener('abort', leave);
  await run.ended;
  signal.removeEventListener('abort', leave);
}

function startRun(key: string, id: TabId, text: string): Run {
  const abort = new AbortController();
  const listeners: Run['listeners'] = new Set();
  const step = async (): Promise<void> => {
    for (;;) {
      const answer = await ask(id, 'runFilter', { text }, abort.signal);
      if (abort.signal.aborted) return;
      const isLast = !answer.ok || isDone(answer.value);
      if (isLast) runs.delete(key);
      for (const listener of [...listeners]) listener(answer);
      if (isLast) return;
    }
  };
  const run: Run = { abort, listeners, ended: step() };
  runs.set(key, run);
  return run;
}

/** Takes note of how far the applied filter has come, and of the rows that its list has then. */
export function noteSought(id: TabId, filter: string, count: FilterCount): void {
  const tab = tabById(store.get(), id);
  if (tab === undefined) return;
  store.dispatch({ type: 'sought', id, sought: { filter, count } });
  const list = listOf(placeOf(tab));
  const isAll = list.conversation === undefined && list.sort === undefined && list.filter === filter;
  if (!isAll) recount(id);
  else store.dispatch({ type: 'counted', id, key: listKey(list), value: countOfFilter(tab, list.unit, count) });
}

/** What a filter has found, as the list of all that passes it is counted. */
export function countOfFilter(tab: Tab, unit: Unit, { events, calls }: FilterCount): ListCount {
  return { rows: unit === 'calls' ? calls : events, events, total: tab.summary?.events ?? 0 };
}

/** Runs the filter that is applied, again whenever more is indexed, and counts its rows on the way. */
export function useAppliedFilter(tab: Tab): void {
  const { id, tick } = tab;
  const { filter } = placeOf(tab);
  useEffect(() => {
    if (filter === '') return undefined;
    const abort = new AbortController();
    void runFilter(id, filter, abort.signal, (answer) => {
      if (!answer.ok) return;
      noteSought(id, filter, answer.value);
      void keepSelection(id);
    });
    return () => abort.abort();
  }, [id, filter, tick]);
}
