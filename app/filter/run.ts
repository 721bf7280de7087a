/** Runs filters in the engine, which answers several times a second how far it is. */
import { useEffect } from 'react';
import type { Answer, FilterCount } from '../../workers/protocol';
import { ask } from '../capture/session';
import { keepSelection, recount } from '../events/moves';
import type { Tab, TabId } from '../state/model';
import { placeOf } from '../state/select';
import { store } from '../state/store';

/** Whether all that is indexed so far has been looked at. */
export function isDone({ looked, total }: FilterCount): boolean {
  return looked >= total;
}

/** Runs an accepted filter until a row has been looked at, at least once; without a row that is enough. */
export async function runFilterPast(
  id: TabId,
  text: string,
  row: number | undefined,
  signal?: AbortSignal,
): Promise<Answer<FilterCount>> {
  for (;;) {
    const answer = await ask(id, 'runFilter', { text }, signal);
    if (!answer.ok || isDone(answer.value) || row === undefined || answer.value.looked > row) return answer;
  }
}

/** Runs an accepted filter to the end of what is indexed, and tells of each step. */
export async function runFilter(
  id: TabId,
  text: string,
  signal: AbortSignal,
  onStep: (answer: Answer<FilterCount>) => void,
): Promise<void> {
  for (;;) {
    const answer = await ask(id, 'runFilter', { text }, signal);
    if (signal.aborted) return;
    onStep(answer);
    if (!answer.ok || isDone(answer.value)) return;
  }
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
      store.dispatch({ type: 'sought', id, sought: { filter, count: answer.value } });
      recount(id);
      void keepSelection(id);
    });
    return () => abort.abort();
  }, [id, filter, tick]);
}
