import type { ReactNode } from 'react';
import type { CallDetail, EdgeDetail, EventRow, FdDetail, ParamDetail } from '../../workers/protocol';
import { useLatest } from '../base/use-query';
import { ask } from '../capture/session';
import { followSelected } from '../events/moves';
import { eventText, grouped } from '../format/number';
import { span } from '../format/time';
import type { TabId } from '../state/model';
import { store } from '../state/store';
import type { Asked } from './fact-menu';
import { Captured, EventLink, Fact, Loaded } from './parts';

export function CallPane(props: {
  readonly tabId: TabId;
  readonly row: EventRow;
  /** Its conversation is not the one that is shown already. */
  readonly canFollow: boolean;
}): ReactNode {
  const { tabId, row, canFollow } = props;
  const { state, stale } = useLatest(`${tabId}/${row}`, (signal) => ask(tabId, 'call', { row }, signal));
  return (
    <Loaded state={state} stale={stale}>
      {(call) => <Call call={call} tabId={tabId} canFollow={canFollow} />}
    </Loaded>
  );
}

function Call(props: { readonly call: CallDetail; readonly tabId: TabId; readonly canFollow: boolean }): ReactNode {
  const { call, tabId, canFollow } = props;
  const { enter, exit, errno, result, fd } = call;
  const row = exit?.row ?? enter?.row;
  const by = (...fields: readonly string[]): { readonly asked?: Asked } => (row === undefined ? {} : { asked: { tabId, row, fields } });
  return (
    <>
      <h2 className="pane-title">
        <Captured text={call.type} />
        <span className="dim"> {call.category}</span>
      </h2>
      <dl className="facts">
        {call.isCall ? (
          <Fact name="Events">
            {enter === undefined ? <span className="dim">enter not recorded</span> : <EventLink tabId={tabId} row={enter.row} num={enter.num} section={enter.section} label="enter" />}
            {' → '}
            {exit === undefined ? <span className="dim">no exit</span> : <EventLink tabId={tabId} row={exit.row} num={exit.num} section={exit.section} label="exit" />}
          </Fact>
        ) : null}
        <Fact name="Process" {...by('proc.name', 'thread.tid')}>
          <Captured text={call.process} /> <span className="dim">({call.tid})</span> on CPU {call.cpu}
        </Fact>
        {result === undefined && errno === undefined ? null : (
          <Fact name="Result" {...by('evt.res', 'evt.rawres')}>
            {errno === undefined ? (
              result
            ) : (
              <span className="bad">
                ✗ {result} {errno.name} <span className="meaning">{errno.text}</span>
              </span>
            )}
          </Fact>
        )}
        {call.isCall ? (
          <Fact name="Took">
            {call.latencyNs === undefined ? (
              <span className="dim">{enter === undefined ? 'not recorded' : 'has not returned'}</span>
            ) : (
              span(call.latencyNs)
            )}
          </Fact>
        ) : null}
        {fd === undefined ? null : <FdFact fd={fd} {...by('fd.name', 'fd.num', 'fd.type')} tabId={tabId} canFollow={canFollow && fd.followable} />}
      </dl>
      {enter === undefined ? null : <Edge edge={enter} tabId={tabId} title={call.isCall ? 'Enter' : 'Event'} />}
      {exit === undefined ? null : <Edge edge={exit} tabId={tabId} title="Exit" />}
    </>
  );
}

function FdFact(props: {
  readonly fd: FdDetail;
  readonly tabId: TabId;
  readonly canFollow: boolean;
  readonly asked?: Asked;
}): ReactNode {
  const { fd, tabId, canFollow, asked } = props;
  return (
    <Fact name="FD" {...(asked === undefined ? {} : { asked })}>
      {fd.fd} <span className="dim">{[fd.type, fd.role].filter((word) => word !== '').join(' ')}</span>{' '}
      <Captured text={fd.name} />
      <div className="fact-more">
        {fd.openedRow === undefined ? (
          <span className="dim">open since before the capture</span>
        ) : (
          <EventLink tabId={tabId} row={fd.openedRow} num={fd.openedNum} section={fd.openedSection} label="opened" />
        )}
        {fd.closedRow === undefined ? null : (
          <EventLink tabId={tabId} row={fd.closedRow} num={fd.closedNum} section={fd.closedSection} label="closed" />
        )}
        {canFollow ? (
          <button type="button" className="link" onClick={() => void followSelected(tabId)}>
            follow conversation
          </button>
        ) : null}
      </div>
    </Fact>
  );
}

function Edge(props: { readonly edge: EdgeDetail; readonly tabId: TabId; readonly title: string }): ReactNode {
  const { edge, tabId, title } = props;
  // Bytes have a pane of their own.
  const asked = ({ name, captured }: ParamDetail): { readonly asked?: Asked } =>
    captured === undefined ? { asked: { tabId, row: edge.row, fields: [`evt.arg.${name}`] } } : {};
  return (
    <>
      <h3 className="pane-head">
        {title} <span className="dim">{Number.isNaN(edge.num) ? `row ${grouped(edge.row)}` : `#${eventText(edge.num, edge.section)}`}</span>
      </h3>
      {edge.params.length === 0 ? (
        <p className="pane-note slim">No parameters.</p>
      ) : (
        <dl className="facts">
          {edge.params.map((param) => (
            <Fact key={param.index} name={param.name} {...asked(param)}>
              <Param param={param} />
            </Fact>
          ))}
        </dl>
      )}
      <pre className="line" aria-label={`${title} as sysdig prints it`}>
        <Captured text={edge.line} />
      </pre>
    </>
  );
}

function Param({ param }: { readonly param: ParamDetail }): ReactNode {
  return (
    <>
      <Captured text={param.text} />
      {param.meaning === '' ? null : (
        <span className="meaning">
          {' '}
          <Captured text={param.meaning} />
        </span>
      )}
      {param.captured === undefined ? null : (
        <div className="fact-more">
          <span className={param.actual !== undefined && param.actual > param.captured ? 'warn' : 'dim'}>
            {bufferText(param.captured, param.actual)}
          </span>
          <button
            type="button"
            className="link"
            onClick={() => store.dispatch({ type: 'preferences', change: { pane: 'bytes' } })}
          >
            show bytes
          </button>
        </div>
      )}
    </>
  );
}

/** Numbers of the events that make up a call. */
export function edgeNumbers({ enter, exit }: CallDetail): string {
  return [enter, exit].flatMap((edge) => (edge === undefined || Number.isNaN(edge.num) ? [] : `#${eventText(edge.num, edge.section)}`)).join(' → ');
}

/** How much of a buffer was recorded. */
export function bufferText(captured: number, actual: number | undefined): string {
  if (actual === undefined) return `${grouped(captured)} bytes captured`;
  if (actual === captured) return `all ${grouped(actual)} bytes captured`;
  return `${grouped(captured)} of ${grouped(actual)} bytes captured`;
}
