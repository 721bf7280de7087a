/** Beside the calls: why it failed, what was read and what not, how long things took, who held the ends. */
import type { ReactNode } from 'react';
import type {
  ClosingLine,
  ConversationDetail,
  ConversationWindow,
  DirectionLine,
  FailureCause,
  Finding,
  HolderLine,
} from '../../workers/protocol';
import { useLatest } from '../base/use-query';
import { ask } from '../capture/session';
import { counted, eventText, grouped } from '../format/number';
import { span } from '../format/time';
import { visible } from '../format/visible';
import type { EventName, OpenConversation, Tab } from '../state/model';
import { nameOf, openConversation } from './moves';
import { roleOf } from './conversation-view';
import { causeOf, eventOf, rolesOf, type Role } from './cause';
import { useDetail } from './use-detail';

type ShowEvent = (event: EventName) => void;

export interface CausePaneProps {
  readonly tab: Tab;
  readonly open: OpenConversation;
  /** Goes to an event: to its call here, or among all events. */
  readonly onEvent: ShowEvent;
  readonly onCompare: (key: string, life: number | null) => void;
}

export function CausePane({ tab, open, onEvent, onCompare }: CausePaneProps): ReactNode {
  const state = useDetail(tab, open);
  if (state.status === 'loading') return <p className="pane-note">Reading…</p>;
  const detail = state.status === 'ready' ? state.value : undefined;
  if (detail === undefined) return <p className="pane-note">Nothing is known about it.</p>;
  return (
    <>
      {detail.findings.map((finding) => (
        <Card key={finding.sentence} finding={finding} detail={detail} onEvent={onEvent} />
      ))}
      {detail.findings.length === 0 ? (
        <p className="pane-note good">✓ Nothing failed, and no byte was lost.</p>
      ) : null}
      <Ledger detail={detail} />
      <Timing detail={detail} />
      <Holders detail={detail} onEvent={onEvent} />
      <SamePlace tab={tab} detail={detail} onCompare={onCompare} />
    </>
  );
}

const kindTitles: Readonly<Record<string, string>> = {
  'write-after-close': 'Write to a peer that had closed',
  'read-after-close': 'Read from a peer that had closed',
  'write-after-shutdown': 'Write after a shutdown',
  'connect-failed': 'Connect that failed',
  'accept-wait': 'Long wait in the accept queue',
  'unread-at-close': 'Bytes never read',
  'never-returned': 'Call that never returned',
};

export function titleOfKind(kind: string): string {
  return kindTitles[kind] ?? kind;
}

/** The sentence, with its Δ in bold. */
function Sentence({ text }: { readonly text: string }): ReactNode {
  const found = /(?:\d+ (?:h|min) )?[\d.]+ (?:ns|µs|ms|s|min) (?:after|before)/.exec(text);
  if (found === null) return visible(text);
  return (
    <>
      {visible(text.slice(0, found.index))}
      <b>{visible(found[0])}</b>
      {visible(text.slice(found.index + found[0].length))}
    </>
  );
}

function EventButton({ role, onEvent }: { readonly role: Role; readonly onEvent: ShowEvent }): ReactNode {
  const { event, row, label } = role;
  const name = eventText(event.num, event.section);
  return (
    <button
      type="button"
      className="card-link"
      data-evt-num={name}
      onClick={() => onEvent(row === undefined ? event : { row })}
    >
      <span>{label}</span>
      <span>#{name}</span>
    </button>
  );
}

/** What the closer did between its last read and its close, oldest first. */
function Between({ cause, onEvent }: { readonly cause: FailureCause; readonly onEvent: ShowEvent }): ReactNode {
  const { between, betweenCalls, by } = cause;
  if (between.length === 0) return null;
  const closer = visible(by.replace(/ \(\d+\)$/, ''));
  return (
    <details className="between" open={between.length <= 6}>
      <summary>
        {cause.lastRead === null ? `Before it closed, ${closer} made ` : `Between its last read and its close, ${closer} made `}
        {counted(betweenCalls, 'call')}
        {betweenCalls > between.length ? `, the last ${grouped(between.length)}:` : ':'}
      </summary>
      <ol>
        {between.map((act) => (
          <li key={act.row}>
            <button
              type="button"
              className="link"
              {...(act.num === null ? {} : { 'data-evt-num': eventText(act.num, act.section) })}
              onClick={() => onEvent({ row: act.row })}
            >
              {act.num === null ? `row ${grouped(act.row)}` : `#${eventText(act.num, act.section)}`}
            </button>{' '}
            <span className="mono">{visible(act.syscall)}</span>{' '}
            {act.returned === null ? '' : <span className="dim">{grouped(act.returned)} </span>}
            <span className="mono captured">{visible(act.own ? 'on this conversation' : act.fd)}</span>
            {act.text === '' ? null : (
              <>
                {': '}
                <q className="mono captured">{visible(act.text)}</q>
              </>
            )}
            {act.beforeCloseNs === null ? null : <span className="dim"> {span(act.beforeCloseNs)} before</span>}
          </li>
        ))}
      </ol>
    </details>
  );
}

function Card(props: { readonly finding: Finding; readonly detail: ConversationDetail; readonly onEvent: ShowEvent }): ReactNode {
  const { finding, detail, onEvent } = props;
  const { line, lives } = detail;
  const cause = causeOf(finding, detail);
  const errno = cause === undefined ? undefined : line.failures[cause.failure]?.errno;
  return (
    <div className={`card ${finding.severity}`} role="group" aria-label="Cause">
      <h2>
        <span aria-hidden="true">{finding.severity === 'error' ? '✗' : finding.severity === 'warning' ? '⚠' : 'i'}</span>{' '}
        {titleOfKind(finding.kind)}
        {errno === undefined ? '' : ` (${visible(errno)})`}
      </h2>
      <p>
        <Sentence text={finding.sentence} />.
      </p>
      <div className="card-links">
        {rolesOf(finding, detail).map((role) => (
          <EventButton key={eventText(role.event.num, role.event.section)} role={role} onEvent={onEvent} />
        ))}
        {line.life === null ? null : (
          <span className="card-life">
            <span>life</span>
            <span>
              {grouped(line.life)}/{grouped(lives.filter(({ life }) => life !== null).length)}
            </span>
          </span>
        )}
      </div>
      {cause === undefined ? null : <Between cause={cause} onEvent={onEvent} />}
    </div>
  );
}

const known = (value: number | null | undefined): ReactNode =>
  value === null || value === undefined ? <span className="dim">?</span> : grouped(value);

/** Unread where the reader closed, else still on its way. */
function unreadOf(line: DirectionLine): number | undefined {
  return line.unread === undefined && line.never_delivered === undefined
    ? undefined
    : (line.unread ?? 0) + (line.never_delivered ?? 0);
}

function Ledger({ detail }: { readonly detail: ConversationDetail }): ReactNode {
  const { dir, failures } = detail.line;
  const isPipe = detail.line.family === 'pipe' || detail.line.family === 'fifo';
  const names = isPipe ? ['reader → writer', 'writer → reader'] : ['client → server', 'server → client'];
  const refused = (side: 0 | 1): number =>
    failures.filter((one) => one.side === side && /write|send|splice/.test(one.call)).reduce((sum, one) => sum + (one.requested ?? 0), 0);
  return (
    <>
      <h3 className="pane-head">Bytes</h3>
      <table className="ledger">
        <thead>
          <tr>
            <td />
            <th scope="col">Written</th>
            <th scope="col">Read</th>
            <th scope="col">Unread</th>
            <th scope="col">Refused</th>
          </tr>
        </thead>
        <tbody>
          {([0, 1] as const).map((side) => {
            const one = dir[side];
            const unread = unreadOf(one);
            return (
              <tr key={side}>
                <th scope="row" className={`end-${side === 0 ? 'a' : 'b'}`}>
                  {names[side]}
                </th>
                <td>{known(one.written)}</td>
                <td>{known(one.read)}</td>
                <td className={(unread ?? 0) > 0 ? 'bad' : ''}>
                  {unread === undefined && (one.in_flight ?? 0) > 0 ? (
                    <span title="Written and not read when the capture ended">{grouped(one.in_flight ?? 0)} in flight</span>
                  ) : (
                    grouped(unread ?? 0)
                  )}
                </td>
                <td className={refused(side) > 0 ? 'bad' : ''}>{grouped(refused(side))}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </>
  );
}

function Line({ name, children }: { readonly name: string; readonly children: ReactNode }): ReactNode {
  return (
    <div className="fact">
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Timing({ detail }: { readonly detail: ConversationDetail }): ReactNode {
  const { line } = detail;
  const failure = line.failures.find(({ close_exit_to_enter_ns: delta }) => delta !== null);
  const delta = failure?.close_exit_to_enter_ns;
  return (
    <>
      <h3 className="pane-head">Timing</h3>
      <dl className="facts">
        {line.accept_wait_ns === null ? null : <Line name="Accept queue">{span(line.accept_wait_ns)}</Line>}
        {delta === null || delta === undefined ? null : (
          <Line name={`Close → ${failure?.call ?? 'call'}`}>
            <span className="bad">{span(delta)}</span>
            {delta < 0 ? ' while closing' : ''}
          </Line>
        )}
        <Line name="Life">
          {line.start_ns === null || line.end_ns === null ? (
            <span className="dim">
              {line.start_ns === null ? 'older than the capture' : 'still open at the end of the capture'}
            </span>
          ) : (
            span(line.end_ns - line.start_ns)
          )}
        </Line>
        <Line name="Closed">
          <Closings line={line.close} family={line.family} />
        </Line>
      </dl>
    </>
  );
}

const closingWords: Readonly<Record<string, string>> = {
  close: 'closed',
  exit: 'exited',
  exec: 'executed another program',
  replaced: 'replaced it',
  unseen: 'closed between two files',
};

function Closings({ line, family }: { readonly line: readonly [ClosingLine | null, ClosingLine | null]; readonly family: string }): ReactNode {
  const known = ([0, 1] as const)
    .flatMap((side) => {
      const closing = line[side];
      return closing === null ? [] : [{ side, closing, at: closing.exit ?? closing.enter ?? Number.MAX_SAFE_INTEGER }];
    })
    // Each section counts its events from 1.
    .sort((a, b) => sectionOf(a.closing) - sectionOf(b.closing) || a.at - b.at);
  if (known.length === 0) return <span className="dim">by neither end in this capture</span>;
  return known.map(({ side, closing }, order) => (
    <div key={side}>
      {order === 0 ? 'first ' : 'then '}
      <span className={`end-${side === 0 ? 'a' : 'b'}`}>{roleOf(family, side)}</span>, {closing.pid}{' '}
      {closingWords[closing.how] ?? visible(closing.how)}
    </div>
  ));
}

function sectionOf({ enter_section: enter, exit_section: exit }: ClosingLine): number {
  return exit ?? enter ?? 0;
}

/** Holders of an end that are listed. */
const shownHolders = 20;

function Holders({ detail, onEvent }: { readonly detail: ConversationDetail; readonly onEvent: ShowEvent }): ReactNode {
  const { ends, family } = detail.line;
  return (
    <>
      <h3 className="pane-head">Holders</h3>
      {([0, 1] as const).map((side) => (
        <div key={side} className="holders">
          <h4 className={`end-${side === 0 ? 'a' : 'b'}`}>{roleOf(family, side)}</h4>
          {ends[side].length === 0 ? <p className="pane-note slim">Outside the capture.</p> : null}
          <ul className="plain">
            {ends[side].slice(0, shownHolders).map((holder, at) => (
              <Holder key={`${holder.pid}/${at}`} holder={holder} onEvent={onEvent} />
            ))}
          </ul>
          {ends[side].length > shownHolders ? (
            <p className="pane-note slim">and {grouped(ends[side].length - shownHolders)} more</p>
          ) : null}
        </div>
      ))}
    </>
  );
}

function Holder({ holder, onEvent }: { readonly holder: HolderLine; readonly onEvent: ShowEvent }): ReactNode {
  const { comm, pid, fds, io, from, to } = holder;
  const edge = (num: number | null, section: number | undefined, none: string): ReactNode =>
    num === null ? (
      <span className="dim">{none}</span>
    ) : (
      <button
        type="button"
        className="link"
        data-evt-num={eventText(num, section)}
        onClick={() => onEvent(eventOf(num, section))}
      >
        #{eventText(num, section)}
      </button>
    );
  return (
    <li>
      {visible(comm)} <span className="dim">({pid})</span> fd {fds.join(', ')}{' '}
      <span className="dim">
        {edge(from, holder.from_section, 'before the capture')} – {edge(to, holder.to_section, 'the end')}
        {io ? '' : ' · made no data call'}
      </span>
    </li>
  );
}

/** Conversations of the same place that are looked at. */
const lookedAt = 2000;

/** How the others to the same path or port fared, and one that worked. */
function SamePlace(props: {
  readonly tab: Tab;
  readonly detail: ConversationDetail;
  readonly onCompare: (key: string, life: number | null) => void;
}): ReactNode {
  const { tab, detail, onCompare } = props;
  const { line } = detail;
  const port = /^(?:tcp|udp):.*:(\d+)$/.exec(line.key)?.[1];
  const place = line.path === '' ? (port ?? '') : line.path;
  const key = place === '' ? undefined : `${tab.id} ${tab.tick} same ${place}`;
  const query = { sort: 'start', descending: false, narrow: place, group: '' } as const;
  const { state } = useLatest(key, (signal) => ask(tab.id, 'conversations', { query, first: 0, count: lookedAt }, signal));
  if (place === '' || state.status !== 'ready') return null;
  const same = placesOf(state.value).filter((one) => one.place === place && one.family === line.family);
  const failed = same.filter((one) => one.failed);
  const twin = nearestTwin(same, detail);
  const isFailed = line.failures.length > 0;
  return (
    <>
      <h3 className="pane-head">Same {line.path === '' ? 'port' : 'path'}</h3>
      <dl className="facts">
        <Line name="Conversations">
          {grouped(same.length)} · {failed.length === 0 ? 'none failed' : <span className="bad">{grouped(failed.length)} failed</span>}
          {state.value.rows > lookedAt ? <span className="dim"> of the first {grouped(lookedAt)}</span> : null}
        </Line>
        {isFailed && twin !== undefined ? (
          <Line name="Working twin">
            <button
              type="button"
              className="link"
              onClick={() => openConversation(tab.id, nameOf(twin.key, twin.life))}
            >
              {twin.key === line.key ? `life ${twin.life ?? ''}` : visible(twin.key)}
            </button>{' '}
            <button type="button" className="link" onClick={() => onCompare(twin.key, twin.life)}>
              compare
            </button>
          </Line>
        ) : null}
      </dl>
    </>
  );
}

interface Twin {
  readonly key: string;
  readonly life: number | null;
  readonly place: string;
  readonly family: string;
  readonly failed: boolean;
  readonly startNs: number;
}

function placesOf(window: ConversationWindow): readonly Twin[] {
  return window.key.map((key, i) => {
    const life = window.life[i] ?? Number.NaN;
    return {
      key,
      life: Number.isNaN(life) ? null : life,
      place: window.place[i] ?? '',
      family: window.family[i] ?? '',
      failed: Number.isNaN(life) || (window.refused[i] ?? 0) > 0,
      startNs: window.startNs[i] ?? Number.NaN,
    };
  });
}

/** The one to the same place that worked and began nearest; one of the same pair before others. */
export function nearestTwin(same: readonly Twin[], { line }: ConversationDetail): Twin | undefined {
  const start = line.start_ns ?? 0;
  const far = (one: Twin): number => Math.abs((Number.isNaN(one.startNs) ? 0 : one.startNs) - start);
  const good = same.filter((one) => !one.failed && !(one.key === line.key && one.life === line.life));
  const own = good.filter((one) => one.key === line.key);
  return (own.length > 0 ? own : good).reduce<Twin | undefined>(
    (best, one) => (best === undefined || far(one) < far(best) ? one : best),
    undefined,
  );
}
