/** One open capture: filter, way back, list, inspector, status. */
import { memo, useEffect, useRef, type KeyboardEvent, type ReactNode } from 'react';
import type { CaptureError, CaptureSummary } from '../../workers/protocol';
import { closeTab, reopen } from '../capture/open';
import { ask } from '../capture/session';
import { compareWith, endComparison } from '../conversations/moves';
import { goToEvent } from '../inspector/go';
import { EventList } from '../events/event-list';
import { goBack, showUnit } from '../events/moves';
import { grantWish } from '../events/wish';
import { later } from '../components/later';
import { FilterBox } from '../filter/filter-box';
import { useAppliedSort } from '../events/sort';
import { useAppliedFilter } from '../filter/run';
import { grouped } from '../format/number';
import { timeModeNames, timeModes, type TimeMode } from '../format/time';
import { visible } from '../format/visible';
import { Inspector } from '../inspector/inspector';
import { details, sentence } from '../messages/messages';
import type { Tab, TabId, Unit, View } from '../state/model';
import { placeOf, rowsOf, tabById } from '../state/select';
import { store, useApp } from '../state/store';
import { showOverlay, showPane } from './commands';
import { DamageBadge } from './damage-badge';
import { Split } from './split';
import { StatusBar } from './status-bar';
import { showFdLife, shownIn, showSurroundings } from './walk';

export function CaptureView({ tab }: { readonly tab: Tab }): ReactNode {
  useWish(tab);
  useFindings(tab);
  useAppliedFilter(tab);
  useAppliedSort(tab);
  const { id, view, open, findings } = tab;
  const { unit, follow } = placeOf(tab);
  // What does not depend on the selected row is told only what it shows: each step of a key changes the tab.
  return (
    <main className="capture">
      <h1 className="visually-hidden">{visible(tab.names[0] ?? '')}</h1>
      <div className="toolbar">
        <FilterBox key={id} tab={tab} narrows={shownIn(tab) === 'conversations'} />
        <Tools tabId={tab.id} view={view} unit={unit} />
      </div>
      <Trouble id={id} error={tab.phase.kind === 'failed' ? tab.phase.error : tab.trouble} isDead={tab.phase.kind === 'failed'} />
      <Way
        id={id}
        view={view}
        follow={follow?.label}
        conversation={open === undefined ? undefined : open.title === '' ? open.name.key : open.title}
        isNamed={open !== undefined && open.title !== ''}
        isCompared={open?.against !== undefined}
        canGoBack={tab.trail.length > 0}
        summary={tab.summary}
      />
      <ViewTabs
        id={id}
        view={view}
        unit={unit}
        rows={rowsOf(tab)}
        conversations={tab.conversations.total}
        findings={findings?.length}
      />
      <Shown tab={tab} />
      <StatusBar tab={tab} />
    </main>
  );
}

/** Goes where a link, a reload or the back button leads, as soon as that is indexed. */
function useWish({ id, wish, tick, phase }: Tab): void {
  useEffect(() => {
    if (wish !== undefined) void grantWish(id);
  }, [id, wish, tick, phase]);
}

const everyConversation = { sort: 'start', descending: false, narrow: '', group: '' } as const;

/** Looks for what is worth a look once everything is indexed, and counts the conversations. */
function useFindings({ id, tick, phase }: Tab): void {
  const isReady = phase.kind === 'ready';
  useEffect(() => {
    if (!isReady) return undefined;
    for (const view of laterViews) view.prefetch();
    const abort = new AbortController();
    void ask(id, 'findings', {}, abort.signal).then((answer) => {
      if (answer.ok) store.dispatch({ type: 'findings', id, findings: answer.value });
    });
    void ask(id, 'conversations', { query: everyConversation, first: 0, count: 0 }, abort.signal).then((answer) => {
      if (answer.ok) store.dispatch({ type: 'list-changed', id, change: { total: answer.value.total } });
    });
    return () => abort.abort();
  }, [id, isReady, tick]);
}

/** Fetched when a capture is open: the page itself is to be there at once. */
const conversationList = later(() =>
  import('../conversations/conversation-list').then(({ ConversationList }) => ConversationList),
);
const conversationView = later(() =>
  import('../conversations/conversation-view').then(({ ConversationView }) => ConversationView),
);
const causePane = later(() => import('../conversations/cause-pane').then(({ CausePane }) => CausePane));
const findingList = later(() => import('../findings/finding-list').then(({ FindingList }) => FindingList));
const compareView = later(() => import('../conversations/compare-view').then(({ CompareView }) => CompareView));
const columnsMenu = later(() => import('./columns-menu').then(({ ColumnsMenu }) => ColumnsMenu));
const laterViews = [columnsMenu, conversationList, conversationView, causePane, compareView, findingList];

/** What the chosen tab shows. */
function Shown({ tab }: { readonly tab: Tab }): ReactNode {
  const inspectorOpen = useApp((state) => state.ui.inspectorOpen);
  const { view, open } = tab;
  if (view === 'findings') {
    return (
      <div className="split" role="tabpanel" aria-label="Findings">
        <findingList.Component tab={tab} />
      </div>
    );
  }
  if (view === 'conversations' && open === undefined) {
    return (
      <div className="split" role="tabpanel" aria-label="Conversations">
        <conversationList.Component tab={tab} />
      </div>
    );
  }
  if (view === 'conversations' && open?.against !== undefined) {
    return (
      <div className="split" role="tabpanel" aria-label="Conversations">
        <compareView.Component tab={tab} open={open} against={open.against} />
      </div>
    );
  }
  if (view === 'conversations' && open !== undefined) {
    const cause = (
      <causePane.Component
          tab={tab}
          open={open}
          onEvent={(event) => void goToEvent(tab.id, event)}
          onCompare={(key, life) => compareWith(tab, key, life)}
        />
    );
    return (
      <Split
        main={
          <conversationView.Component
            tab={tab}
            open={open}
            actions={[
              ['events ±1 ms', 'All events within a millisecond of the selected call (A)', () => showSurroundings(tab.id)],
              ['fd’s life', 'All events of its socket or pipe, from opening to close (D)', () => void showFdLife(tab.id)],
              ['process', 'Its process as of this call (P)', () => showPane('state')],
            ]}
          />
        }
        side={
          inspectorOpen ? <Inspector tabId={tab.id} row={open.selected?.facts?.row} cause={cause} aside={open.aside} /> : undefined
        }
      />
    );
  }
  return (
    <Split
      main={<EventList tab={tab} />}
      side={inspectorOpen ? <Inspector tabId={tab.id} row={placeOf(tab).selected?.facts?.row} /> : undefined}
    />
  );
}

const Tools = memo(function Tools({ tabId, view, unit }: { readonly tabId: TabId; readonly view: View; readonly unit: Unit }): ReactNode {
  const time = useApp((state) => state.preferences.time);
  const overlay = useApp((state) => state.ui.overlay);
  return (
    <>
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
      <div className="menu" hidden={view !== 'events'}>
        <button
          type="button"
          className="button"
          aria-haspopup="dialog"
          aria-expanded={overlay === 'columns'}
          onClick={() => showOverlay(overlay === 'columns' ? 'none' : 'columns')}
        >
          Columns <span aria-hidden="true">▾</span>
        </button>
        {overlay === 'columns' ? <columnsMenu.Component tabId={tabId} unit={unit} /> : null}
      </div>
    </>
  );
});

/** What is wrong with the capture or its engine, and the way out. */
const Trouble = memo(function Trouble(props: {
  readonly id: TabId;
  readonly error: CaptureError | undefined;
  /** Nothing more can be had from the engine. */
  readonly isDead: boolean;
}): ReactNode {
  const { id, error, isDead } = props;
  if (error === undefined) return null;
  return (
    <div className="trouble" role="alert">
      <p>{sentence(error)}</p>
      {error.kind === 'limit' ? null : (
        <button type="button" className="button" onClick={() => void reopen(id)}>
          Reopen
        </button>
      )}
      {isDead ? (
        <button type="button" className="button" onClick={() => closeTab(id)}>
          Close
        </button>
      ) : null}
      <details>
        <summary>Details</summary>
        <code>{visible(details(error))}</code>
      </details>
    </div>
  );
});

/** The way from the whole capture to what is shown. */
const Way = memo(function Way(props: {
  readonly id: TabId;
  readonly view: View;
  /** What is followed among the events, as captured. */
  readonly follow: string | undefined;
  /** The conversation that is open: who talks to whom, or else its key. */
  readonly conversation: string | undefined;
  readonly isNamed: boolean;
  readonly isCompared: boolean;
  readonly canGoBack: boolean;
  readonly summary: CaptureSummary | undefined;
}): ReactNode {
  const { id, view, follow, conversation, isNamed, isCompared, canGoBack, summary } = props;
  const steps: { readonly text: string; readonly go?: () => void; readonly isMono?: boolean }[] = [];
  const show = (next: View) => () => store.dispatch({ type: 'view-shown', id, view: next });
  const isWhole = view === 'events' && follow === undefined;
  steps.push({ text: 'Whole capture', ...(isWhole ? {} : { go: () => showAllEvents(id) }) });
  if (view === 'events' && follow !== undefined) steps.push({ text: follow, isMono: true });
  if (view === 'findings') steps.push({ text: 'Findings' });
  if (view === 'conversations') {
    steps.push({ text: 'Conversations', ...(conversation === undefined ? {} : { go: show('conversations') }) });
    if (conversation !== undefined) {
      steps.push({ text: conversation, isMono: !isNamed, ...(isCompared ? { go: () => endComparison(id) } : {}) });
      if (isCompared) steps.push({ text: 'Comparison' });
    }
  }
  return (
    <div className="way">
      {canGoBack ? (
        <button type="button" className="button slim" onClick={() => goBack(id)} title="Backspace">
          ← Back
        </button>
      ) : null}
      <nav aria-label="Way back">
        <ol>
          {steps.map(({ text, go, isMono }, at) => (
            <li key={text}>
              {go === undefined ? (
                <span
                  aria-current={at === steps.length - 1 ? 'page' : undefined}
                  className={isMono === true ? 'mono' : undefined}
                >
                  {visible(text)}
                </span>
              ) : (
                <button type="button" className="link" onClick={go}>
                  {text}
                </button>
              )}
            </li>
          ))}
        </ol>
      </nav>
      <DamageBadge id={id} summary={summary} />
    </div>
  );
});

/** All events, at the place where one left them. */
function showAllEvents(id: TabId): void {
  const steps = tabById(store.get(), id)?.places.length ?? 0;
  store.dispatch({ type: 'view-shown', id, view: 'events' });
  if (steps > 1) store.dispatch({ type: 'went-back', id });
}

const units: readonly (readonly [Unit, string, string])[] = [
  ['calls', 'Calls', 'One row per call: enter and exit together'],
  ['events', 'Raw events', 'One row per event, as sysdig prints them'],
];

const ViewTabs = memo(function ViewTabs(props: {
  readonly id: TabId;
  readonly view: View;
  readonly unit: Unit;
  readonly rows: number;
  readonly conversations: number | undefined;
  readonly findings: number | undefined;
}): ReactNode {
  const { id: tab, view, unit, rows, conversations, findings } = props;
  const list = useRef<HTMLDivElement>(null);
  const tabs: readonly (readonly [View, string, number | undefined])[] = [
    ['events', 'Events', rows],
    ['conversations', 'Conversations', conversations],
    ['findings', 'Findings', findings],
  ];
  const show = (next: View): void => store.dispatch({ type: 'view-shown', id: tab, view: next });
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const at = tabs.findIndex(([id]) => id === view);
    const next = tabs[(at + step + tabs.length) % tabs.length];
    if (next === undefined) return;
    show(next[0]);
    list.current?.querySelector<HTMLElement>(`[data-view='${next[0]}']`)?.focus();
  };
  return (
    <div className="views">
      <div role="tablist" aria-label="Views" className="tabs" ref={list} onKeyDown={onKeyDown} tabIndex={-1}>
        {tabs.map(([id, name, count]) => (
          <button
            key={id}
            type="button"
            role="tab"
            className="tab"
            data-view={id}
            aria-selected={id === view}
            tabIndex={id === view ? 0 : -1}
            onClick={() => show(id)}
          >
            {name} {count === undefined ? null : <span className="count">{grouped(count)}</span>}
          </button>
        ))}
      </div>
      {view === 'events' ? (
        <div className="units" role="group" aria-label="Rows">
          {units.map(([id, name, title]) => (
            <button
              key={id}
              type="button"
              title={title}
              aria-pressed={id === unit}
              onClick={() => void showUnit(tab, id)}
            >
              {name}
            </button>
          ))}
        </div>
      ) : null}
    </div>
  );
});
