import type { ReactNode } from 'react';
import { grouped, rate, size } from '../format/number';
import { elapsedSeconds, span } from '../format/time';
import type { Tab } from '../state/model';
import { countOf, placeOf, selectedDelta, selectedRange } from '../state/select';

export function StatusBar({ tab }: { readonly tab: Tab }): ReactNode {
  const place = placeOf(tab);
  const count = countOf(tab);
  const delta = selectedDelta(place);
  const range = selectedRange(place);
  const selectedRows = range === undefined ? 0 : range.last - range.first + 1;
  const isIndexing = tab.phase.kind === 'opening';
  const { progress, summary } = tab;
  return (
    <footer className="status">
      {/* While it changes ten times a second it would drown out everything else a screen reader says. */}
      <div role="status" aria-label="Capture status" aria-live={isIndexing ? 'off' : 'polite'}>
        {count === undefined ? null : (
          <span>
            {place.unit === 'calls' ? `${grouped(count.rows)} calls · ` : ''}
            {grouped(count.events)} of {grouped(count.total)} events
          </span>
        )}
        {isIndexing && progress !== undefined ? (
          <span>
            Reading {size(progress.bytesRead)} of {size(progress.bytesTotal)} · {rate(progress.eventsPerSecond)}
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
            {selectedRows > 2 ? ` · ${grouped(selectedRows)} rows selected` : ''}
          </span>
        )}
        {summary?.exitOnly === true ? <span>Enter events were not recorded</span> : null}
        <span>Nothing uploaded</span>
      </div>
    </footer>
  );
}
