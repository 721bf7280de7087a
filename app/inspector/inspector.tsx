/** What is known about the selected row: the call, its bytes, and the state of its process at that event. */
import { memo, useRef, type KeyboardEvent, type ReactNode } from 'react';
import type { EventRow } from '../../workers/protocol';
import type { InspectorPane, TabId } from '../state/model';
import { store, useApp } from '../state/store';
import { BytesPane } from './bytes-pane';
import { CallPane } from './call-pane';
import { StatePane } from './state-pane';
import './inspector.css';

type Shown = InspectorPane | 'cause';

const panes: readonly (readonly [Shown, string])[] = [
  ['call', 'Call'],
  ['bytes', 'Bytes'],
  ['state', 'State'],
];

const withCause: typeof panes = [['cause', 'Cause'], ...panes];

export const Inspector = memo(function Inspector(props: {
  readonly tabId: TabId;
  /** The selected row. */
  readonly row: EventRow | undefined;
  /** What stands beside a conversation, and whether it is shown. */
  readonly cause?: ReactNode;
  readonly aside?: 'cause' | 'call';
}): ReactNode {
  const { tabId, row, cause, aside } = props;
  const preferred = useApp((state) => state.preferences.pane);
  const list = useRef<HTMLDivElement>(null);
  const shown = cause === undefined ? panes : withCause;
  const pane: Shown = cause !== undefined && aside === 'cause' ? 'cause' : preferred;

  const show = (next: Shown): void => {
    if (next !== 'cause') store.dispatch({ type: 'preferences', change: { pane: next } });
    store.dispatch({ type: 'conversation-changed', id: tabId, change: { aside: next === 'cause' ? 'cause' : 'call' } });
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    const at = shown.findIndex(([id]) => id === pane);
    const next = shown[(at + step + shown.length) % shown.length];
    if (next === undefined) return;
    show(next[0]);
    list.current?.querySelector<HTMLElement>(`[data-pane='${next[0]}']`)?.focus();
  };

  return (
    <section className="inspector" aria-label="Inspector">
      <div className="tabs" role="tablist" aria-label="Inspector" ref={list} onKeyDown={onKeyDown} tabIndex={-1}>
        {shown.map(([id, name]) => (
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
        {pane === 'cause' ? (
          cause
        ) : row === undefined ? (
          <p className="pane-note">Select a row to see its call, its bytes and the state of its process.</p>
        ) : pane === 'call' ? (
          <CallPane tabId={tabId} row={row} canFollow={cause === undefined} />
        ) : pane === 'bytes' ? (
          <BytesPane tabId={tabId} row={row} />
        ) : (
          <StatePane tabId={tabId} row={row} />
        )}
      </div>
    </section>
  );
});
