/** What is known of the text in the filter box while it is typed: whether it is a filter, and how much passes it. */
import { useEffect, useState } from 'react';
import type { CaptureError, FilterCheck, FilterCount } from '../../workers/protocol';
import { ask } from '../capture/session';
import type { TabId } from '../state/model';
import { placeOf, tabById } from '../state/select';
import { store } from '../state/store';
import { checkFilter } from './moves';
import { runFilter } from './run';

export interface Draft {
  /** The text that all of this is about; it may lag behind the box. */
  readonly text: string;
  readonly check: FilterCheck;
  /** How much passes so far; undefined before the first answer. */
  readonly count: FilterCount | undefined;
  /** Why it cannot be run to the end. */
  readonly error: CaptureError | undefined;
}

/**
 * The applied filter keeps its rows: the engine forgets those of filters that it was not asked about for long, and every
 * keystroke is another filter.
 */
async function keepApplied(id: TabId, signal: AbortSignal): Promise<void> {
  const tab = tabById(store.get(), id);
  const applied = tab === undefined ? '' : placeOf(tab).filter;
  if (applied !== '') await ask(id, 'runFilter', { text: applied, enough: 0 }, signal);
}

/** Reads and runs the text; another text, and more that is indexed, overtakes what runs. */
export function useDraft(id: TabId, text: string, tick: number): Draft | undefined {
  const [draft, setDraft] = useState<Draft | undefined>(undefined);
  useEffect(() => {
    const abort = new AbortController();
    const run = async (): Promise<void> => {
      const check = await checkFilter(id, text, abort.signal);
      if (abort.signal.aborted || check === undefined) return;
      const note = (came: Partial<Draft>): void =>
        setDraft((before) => ({ count: before?.text === text ? before.count : undefined, error: undefined, ...came, text, check }));
      if (!check.isAccepted || text.trim() === '') {
        note({});
        return;
      }
      // That it is a filter is told with the first count: to draw the box is most of what a key costs.
      await keepApplied(id, abort.signal);
      await runFilter(id, text, abort.signal, (answer) => note(answer.ok ? { count: answer.value } : { error: answer.error }));
    };
    void run();
    return () => abort.abort();
  }, [id, text, tick]);
  return draft;
}
