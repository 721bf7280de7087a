import type { ReactNode } from 'react';
import { stopIndexing } from '../capture/open';
import { stopSorting } from '../events/sort';
import { counted, grouped, rate, share, size } from '../format/number';
import { elapsedSeconds, span } from '../format/time';
import type { Tab } from '../state/model';
import { countOf, placeOf, selectedDelta, selectedRange } from '../state/select';
import { shownIn } from './walk';

/** What another view than that of events shows, and of how much. */
function elsewhere(tab: Tab): string {
  const { conversations, open, findings, summary } = tab;
  const all = counted(summary?.events ?? 0, 'event');
  switch (shownIn(tab)) {
    case 'conversations': {
      const { rows, total = rows } = conversations;
      return `${rows === total ? '' : `${grouped(rows)} of `}${counted(total, 'conversation')} · ${all}`;
    }
    case 'calls':
    case 'comparison':
      return `${counted(open?.calls ?? 0, 'call')} · ${all}`;
    case 'findings':
      return `${counted(findings?.length ?? 0, 'finding')} · ${all}`;
    case 'events':
      return all;
  }
}

export function StatusBar({ tab }: { readonly tab: Tab }): ReactNode {
  const place = placeOf(tab);
  const count = countOf(tab);
  const shown = shownIn(tab);
  const at = shown === 'events' ? place : shown === 'calls' ? tab.open : undefined;
  const delta = at === undefined ? undefined : selectedDelta(at);
  const range = at === undefined ? undefined : selectedRange(at);
  const selectedRows = range === undefined ? 0 : range.last - range.first + 1;
  const isIndexing = tab.phase.kind === 'opening';
  const { progress, summary } = tab;
  return (
    <footer className="status">
      {/* While it changes ten times a second it would drown out everything else a screen reader says. */}
      <div role="status" aria-label="Capture status" aria-live={isIndexing ? 'off' : 'polite'}>
        {shown === 'events' && count !== undefined ? (
          <span>
            {place.unit === 'calls' ? `${grouped(count.rows)} calls · ` : ''}
            {grouped(count.events)} of {grouped(count.total)} events
          </span>
        ) : null}
        {shown === 'events' ? null : <span>{elsewhere(tab)}</span>}
        {tab.sorting === undefined ? null : (
          <span>
            Sorting · {share(tab.sorting.done, tab.sorting.total)}{' '}
            <button type="button" className="link" onClick={stopSorting}>
              Stop
            </button>
          </span>
        )}
        {isIndexing && progress !== undefined ? (
          <span>
            Reading {size(progress.bytesRead)} of {size(progress.bytesTotal)} · {rate(progress.eventsPerSecond)}{' '}
            <button type="button" className="link" onClick={() => stopIndexing(tab.id)}>
              Stop
            </button>
          </span>
        ) : null}
        {isIndexing && progress === undefined ? <span>Reading…</span> : null}
        {tab.phase.kind === 'ready' ? <span>Indexed in {elapsedSeconds(tab.phase.elapsedMs)} s</span> : null}
      </div>
      {isIndexing && progress !== undefined && progress.bytesTotal > 0 ? (
        <progress aria-label="Indexing" max={progress.bytesTotal} value={progress.bytesRead} />
      ) : null}
      <div className="status-more">
        {delta === undefined ? null : (
          <span className="status-delta">
            Δ {span(delta)} between two selected
            {selectedRows > 2 ? ` · ${grouped(selectedRows)} ${shown === 'calls' ? 'calls' : 'rows'} selected` : ''}
          </span>
        )}
        {shown === 'calls' ? <span className="status-keys">decoded 1 · ascii 2 · hex 3 · raw 4</span> : null}
        {summary?.exitOnly === true ? <span>Enter events were not recorded</span> : null}
        <span>Nothing uploaded</span>
      </div>
    </footer>
  );
}
