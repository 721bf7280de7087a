/** One open capture: filter, way back, list, inspector, status. */
import type { ReactNode } from 'react';
import { closeTab, reopen } from '../capture/open';
import { ConversationView } from '../conversations/conversation-view';
import { EventList } from '../events/event-list';
import { goUp, showUnit } from '../events/moves';
import { FilterBox } from '../filter/filter-box';
import { grouped } from '../format/number';
import { timeModeNames, timeModes, type TimeMode } from '../format/time';
import { visible } from '../format/visible';
import { Inspector } from '../inspector/inspector';
import { details, sentence } from '../messages/messages';
import type { Tab, Unit } from '../state/model';
import { placeOf, rowsOf } from '../state/select';
import { store, useApp } from '../state/store';
import { ColumnsMenu } from './columns-menu';
import { showOverlay } from './commands';
import { DamageBadge } from './damage-badge';
import { Split } from './split';
import { StatusBar } from './status-bar';

export function CaptureView({ tab }: { readonly tab: Tab }): ReactNode {
  const inspectorOpen = useApp((state) => state.ui.inspectorOpen);
  const { follow } = placeOf(tab);
  const list = <EventList tab={tab} />;
  return (
    <main className="capture">
      <h1 className="visually-hidden">{visible(tab.names[0] ?? '')}</h1>
      <Toolbar tab={tab} />
      <Trouble tab={tab} />
      <Way tab={tab} />
      <ViewTabs tab={tab} />
      <Split
        main={follow === undefined ? list : <ConversationView>{list}</ConversationView>}
        side={inspectorOpen ? <Inspector tab={tab} /> : undefined}
      />
      <StatusBar tab={tab} />
    </main>
  );
}

function Toolbar({ tab }: { readonly tab: Tab }): ReactNode {
  const time = useApp((state) => state.preferences.time);
  const overlay = useApp((state) => state.ui.overlay);
  return (
    <div className="toolbar">
      <FilterBox tabId={tab.id} />
      <button type="button" className="button" onClick={() => showOverlay('goto')}>
        Go to…
      </button>
      <select
        className="button"
        aria-label="Time"
        value={time}
        onChange={(event) =>
          store.dispatch({ type: 'preferences', change: { time: event.currentTarget.value as TimeMode } })
        }
      >
        {timeModes.map((mode) => (
          <option key={mode} value={mode}>
            {timeModeNames[mode]}
          </option>
        ))}
      </select>
      <div className="menu">
        <button
          type="button"
          className="button"
          aria-haspopup="dialog"
          aria-expanded={overlay === 'columns'}
          onClick={() => showOverlay(overlay === 'columns' ? 'none' : 'columns')}
        >
          Columns <span aria-hidden="true">▾</span>
        </button>
        {overlay === 'columns' ? <ColumnsMenu unit={placeOf(tab).unit} /> : null}
      </div>
    </div>
  );
}

/** What is wrong with the capture or its engine, and the way out. */
function Trouble({ tab }: { readonly tab: Tab }): ReactNode {
  const error = tab.phase.kind === 'failed' ? tab.phase.error : tab.trouble;
  if (error === undefined) return null;
  return (
    <div className="trouble" role="alert">
      <p>{sentence(error)}</p>
      {error.kind === 'cancelled' || error.kind === 'limit' ? null : (
        <button type="button" className="button" onClick={() => void reopen(tab.id)}>
          Reopen
        </button>
      )}
      {tab.phase.kind === 'failed' ? (
        <button type="button" className="button" onClick={() => closeTab(tab.id)}>
          Close
        </button>
      ) : null}
      <details>
        <summary>Details</summary>
        <code>{visible(details(error))}</code>
      </details>
    </div>
  );
}

/** The way from all events to what is shown. */
function Way({ tab }: { readonly tab: Tab }): ReactNode {
  const { follow } = placeOf(tab);
  return (
    <div className="way">
      <nav aria-label="Way back">
        <ol>
          <li>
            {follow === undefined ? (
              <span aria-current="page">Whole capture</span>
            ) : (
              <button type="button" className="link" onClick={() => goUp(tab.id)}>
                Whole capture
              </button>
            )}
          </li>
          {follow === undefined ? null : (
            <li>
              <span aria-current="page" className="mono">
                {visible(follow.label)}
              </span>
            </li>
          )}
        </ol>
      </nav>
      <DamageBadge tab={tab} />
    </div>
  );
}

const units: readonly (readonly [Unit, string, string])[] = [
  ['calls', 'Calls', 'One row per call: enter and exit together'],
  ['events', 'Raw events', 'One row per event, as sysdig prints them'],
];

function ViewTabs({ tab }: { readonly tab: Tab }): ReactNode {
  const { unit } = placeOf(tab);
  return (
    <div className="views">
      <div role="tablist" aria-label="Views" className="tabs">
        <button type="button" role="tab" aria-selected="true" className="tab">
          Events <span className="count">{grouped(rowsOf(tab))}</span>
        </button>
      </div>
      <div className="units" role="group" aria-label="Rows">
        {units.map(([id, name, title]) => (
          <button
            key={id}
            type="button"
            title={title}
            aria-pressed={id === unit}
            onClick={() => void showUnit(tab.id, id)}
          >
            {name}
          </button>
        ))}
      </div>
    </div>
  );
}
