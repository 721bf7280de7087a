import { useEffect, useRef, useState, type ReactNode } from 'react';
import type { LineKind } from '../../workers/protocol';
import { begin } from '../base/idle';
import { Dialog } from '../components/dialog';
import { openSink, usualFormat, writeList } from '../events/export';
import { counted, share } from '../format/number';
import { visible } from '../format/visible';
import { fieldsIn, formatOf } from '../state/columns';
import type { Tab } from '../state/model';
import { countOf, listOf, placeOf } from '../state/select';
import { tell, useApp } from '../state/store';

const kinds: readonly (readonly [LineKind, string, string])[] = [
  ['text', 'Text', 'A line for each event, as sysdig prints it'],
  ['json', 'JSON lines', 'An object for each event, as sysdig -j prints it'],
  ['csv', 'CSV', 'A table with a line for each event'],
];

const endings: Readonly<Record<LineKind, string>> = { text: 'txt', json: 'jsonl', csv: 'csv' };

type Phase = { readonly done: number; readonly total: number; readonly isInMemory: boolean } | undefined;

/** Saves the list that is shown to a file. */
export function ExportDialog({ tab, onClose }: { readonly tab: Tab; readonly onClose: () => void }): ReactNode {
  const [kind, setKind] = useState<LineKind>('text');
  const [phase, setPhase] = useState<Phase>(undefined);
  const running = useRef<AbortController | undefined>(undefined);
  useEffect(() => () => running.current?.abort(), []);
  const layout = useApp((state) => state.preferences.columns[placeOf(tab).unit]);
  // Without columns of one's own it is the line that everybody knows.
  const format = layout === undefined ? usualFormat : formatOf(layout);
  const list = listOf(placeOf(tab));
  const events = countOf(tab)?.events ?? 0;

  const save = async (): Promise<void> => {
    const abort = new AbortController();
    running.current = abort;
    const end = begin();
    const name = `${(tab.names[0] ?? 'capture').replace(/\.gz$/, '')}.${endings[kind]}`;
    try {
      const sink = await openSink(name);
      const { isInMemory } = sink;
      setPhase({ done: 0, total: 1, isInMemory });
      try {
        const rows = await writeList(tab.id, list, { kind, format, heads: fieldsIn(format) }, sink, abort.signal, (done, total) => setPhase({ done, total, isInMemory }));
        await sink.close();
        tell(`Exported ${counted(rows, list.unit === 'calls' ? 'call' : 'event')}.`);
        onClose();
      } catch (cause) {
        await sink.abort();
        if (abort.signal.aborted) tell('The export was cancelled: nothing was kept.');
        else tell(`Nothing was exported: ${visible(cause instanceof Error ? cause.message : 'the file cannot be written')}.`, 'alert');
      }
    } catch (cause) {
      // The user chose no file.
      if (!(cause instanceof DOMException && cause.name === 'AbortError')) tell('The browser gives no file to write to.', 'alert');
    } finally {
      end();
      setPhase(undefined);
    }
  };

  return (
    <Dialog label="Export" className="export" onClose={onClose}>
      <div className="explain-body">
        <h2 className="explain-title">Export what is shown</h2>
        <p>
          {counted(events, 'event')}
          {list.unit === 'calls' ? ': of each call both' : ''}. The file is written on this machine only.
        </p>
        <fieldset className="export-kinds" disabled={phase !== undefined}>
          <legend className="visually-hidden">Format</legend>
          {kinds.map(([id, title, words]) => (
            <label key={id}>
              <input type="radio" name="export-kind" checked={kind === id} onChange={() => setKind(id)} /> {title}{' '}
              <span className="dim">{words}</span>
            </label>
          ))}
        </fieldset>
        {phase === undefined ? null : (
          <p role="status">
            <progress aria-label="Export" max={phase.total} value={phase.done} /> {share(phase.done, phase.total)}
            {phase.isInMemory ? ' · This browser lets pages write to no file: all of it is put together in memory and has to fit there.' : ''}
          </p>
        )}
      </div>
      <div className="sheet-foot">
        <button type="button" className="button" onClick={() => (phase === undefined ? onClose() : running.current?.abort())}>
          Cancel
        </button>
        <button type="button" className="button primary" disabled={phase !== undefined} onClick={() => void save()}>
          Save…
        </button>
      </div>
    </Dialog>
  );
}
