/** What is known about the selected row: the call, its bytes, and the state of its process at that event. */
import { useRef, type KeyboardEvent, type ReactNode } from 'react';
import type { InspectorPane, Tab } from '../state/model';
import { placeOf } from '../state/select';
import { store, useApp } from '../state/store';
import { BytesPane } from './bytes-pane';
import { CallPane } from './call-pane';
import { StatePane } from './state-pane';
import './inspector.css';

const panes: readonly (readonly [InspectorPane, string])[] = [
  ['call', 'Call'],
  ['bytes', 'Bytes'],
  ['state', 'State'],
];

export function Inspector({ tab }: { readonly tab: Tab }): ReactNode {
  const pane = useApp((state) => state.preferences.pane);
  const list = useRef<HTMLDivElement>(null);
  const row = placeOf(tab).selected?.facts?.row;

  const show = (next: InspectorPane): void => store.dispatch({ type: 'preferences', change: { pane: next } });
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    const at = panes.findIndex(([id]) => id === pane);
    const next = panes[(at + step + panes.length) % panes.length];
    if (next === undefined) return;
    show(next[0]);
    list.current?.querySelector<HTMLElement>(`[data-pane='${next[0]}']`)?.focus();
  };

  return (
    <section className="inspector" aria-label="Inspector">
      <div className="tabs" role="tablist" aria-label="Inspector" ref={list} onKeyDown={onKeyDown} tabIndex={-1}>
        {panes.map(([id, name]) => (
          <button
            key={id}
            type="button"
            role="tab"
            id={`pane-tab-${id}`}
            data-pane={id}
            aria-selected={id === pane}
            aria-controls="pane"
            tabIndex={id === pane ? 0 : -1}
            className="tab"
            onClick={() => show(id)}
          >
            {name}
          </button>
        ))}
      </div>
      <div className="pane" role="tabpanel" id="pane" aria-labelledby={`pane-tab-${pane}`} tabIndex={0}>
        {row === undefined ? (
          <p className="pane-note">Select a row to see its call, its bytes and the state of its process.</p>
        ) : pane === 'call' ? (
          <CallPane tabId={tab.id} row={row} />
        ) : pane === 'bytes' ? (
          <BytesPane tabId={tab.id} row={row} />
        ) : (
          <StatePane tabId={tab.id} row={row} />
        )}
      </div>
    </section>
  );
}
