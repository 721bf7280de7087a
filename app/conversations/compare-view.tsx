/** Two conversations call by call: what they have in common, where they part, and how long each took. */
import { useCallback, useEffect, useMemo, type ReactNode } from 'react';
import type { ConversationName, ListPosition } from '../../workers/protocol';
import { useQuery } from '../base/use-query';
import { VirtualGrid, rowId } from '../components/grid/virtual-grid';
import { counted, grouped } from '../format/number';
import { span } from '../format/time';
import { visible, visibleCell } from '../format/visible';
import { sentence } from '../messages/messages';
import type { ConversationElsewhere, OpenConversation, Reveal, Selected, Tab, TabId } from '../state/model';
import { store, useApp } from '../state/store';
import { callNumber, exitNumber, type Call } from './call-rows';
import {
  callText,
  compare,
  differenceSentence,
  lineOf,
  mostCompared,
  type ComparedLine,
  type Comparison,
} from './compare-calls';
import { endComparison, nameText } from './moves';
import './conversations.css';

const label = 'Comparison';
const template = 'minmax(250px, 1fr) 82px 112px 82px minmax(250px, 1fr)';

export function CompareView(props: {
  readonly tab: Tab;
  readonly open: OpenConversation;
  readonly against: ConversationElsewhere;
}): ReactNode {
  const { tab, open, against } = props;
  const other = useApp((state) => state.tabs.find(({ summary }) => summary?.fingerprint === against.fingerprint));
  return (
    <section className="conversation" aria-label="Conversation">
      <div className="ends">
        <Name tab={tab} name={open.name} word="here" />
        <div className="ends-middle">
          <span>compared with</span>
          <button type="button" className="link" onClick={() => endComparison(tab.id)}>
            end comparison
          </button>
        </div>
        <Name tab={other} name={against.name} word={other?.id === tab.id ? 'there' : 'in the other capture'} />
      </div>
      {other === undefined ? (
        <p className="grid-note">
          The other conversation, <span className="mono">{visible(nameText(against.name))}</span>, is of a capture that is not
          open: drop it here too ({against.fingerprint.slice(0, 8)}).
        </p>
      ) : (
        <Compared
          key={`${tab.id} ${nameText(open.name)} ${other.id} ${nameText(against.name)}`}
          tab={tab}
          open={open}
          other={other.id}
          otherName={against.name}
        />
      )}
    </section>
  );
}

function Name(props: { readonly tab: Tab | undefined; readonly name: ConversationName; readonly word: string }): ReactNode {
  const { tab, name, word } = props;
  return (
    <div className={`end side-${word === 'here' ? 0 : 1}`}>
      <span className="end-facts">
        {word}: {tab === undefined ? '' : `${visible(tab.names[0] ?? '')} `}
      </span>
      <span className="mono">{visible(nameText(name))}</span>
    </div>
  );
}

const zero = (): number => 0;
const ignore = (): void => undefined;

function Compared(props: {
  readonly tab: Tab;
  readonly open: OpenConversation;
  readonly other: TabId;
  readonly otherName: ConversationName;
}): ReactNode {
  const { tab, open, other, otherName } = props;
  const { id } = tab;
  const { name, selected, reveal } = open;
  const state = useQuery(`${id} ${nameText(name)} ${other} ${nameText(otherName)}`, (signal) =>
    compare({ id, name }, { id: other, name: otherName }, signal),
  );
  const comparison = state.status === 'ready' ? state.value : undefined;
  const first = comparison?.alignment.firstDifference;
  const lines = comparison?.alignment.length ?? 0;
  useEffect(() => {
    if (comparison === undefined) return;
    const position = (first ?? 0) as ListPosition;
    const at: Selected | undefined = first === undefined ? undefined : { position, facts: undefined };
    store.dispatch({
      type: 'conversation-changed',
      id,
      change: { calls: lines, selected: at, mark: undefined, reveal: { position, how: 'center' } },
    });
  }, [id, comparison, first, lines]);
  const onRevealed = useCallback(
    (done: Reveal) => {
      if (store.get().tabs.find((one) => one.id === id)?.open?.reveal === done) {
        store.dispatch({ type: 'conversation-changed', id, change: { reveal: undefined } });
      }
    },
    [id],
  );
  const onViewport = useCallback(
    (viewportRows: number) => store.dispatch({ type: 'ui', change: { viewportRows } }),
    [],
  );
  const totals = useMemo(() => (comparison === undefined ? undefined : totalsOf(comparison)), [comparison]);
  if (state.status === 'loading') return <p className="grid-note">Comparing…</p>;
  if (state.status === 'failed') {
    return <p className="grid-note">{state.error.kind === 'cancelled' ? '' : sentence(state.error)}</p>;
  }
  if (comparison === undefined || totals === undefined) return <p className="grid-note">One of the two is not there.</p>;
  const { left, right } = comparison;
  return (
    <>
      <p className="compare-sentence" role="status">
        {visible(differenceSentence(comparison))}{' '}
        <span className="dim">
          {counted(totals.same, 'line')} alike, {grouped(totals.different)} not.
          {Math.max(left.rows, right.rows) > mostCompared
            ? ` Only the first ${grouped(mostCompared)} calls of each are compared.`
            : ''}
        </span>
      </p>
      <VirtualGrid
        label={label}
        rowCount={lines}
        rowHeight={26}
        template={template}
        minWidth={776}
        header={
          <div className="grid-row head" role="row" aria-rowindex={1}>
            {['Here', 'Since start', 'Slower there', 'Since start', 'There'].map((title, at) => (
              <div key={at} role="columnheader" className={`grid-headcell${at > 0 && at < 4 ? ' end' : ''}`}>
                {title}
              </div>
            ))}
          </div>
        }
        selected={selected?.position}
        multiselectable={false}
        top={zero}
        jump={label}
        reveal={reveal}
        onRevealed={onRevealed}
        onScroll={ignore}
        onRange={ignore}
        onViewport={onViewport}
        onPick={(position) =>
          store.dispatch({
            type: 'call-selected',
            id,
            selected: { position: position as ListPosition, facts: undefined },
            extend: false,
            how: 'nearest',
          })
        }
        onOpen={ignore}
        busy={false}
        renderRow={(position) => (
          <Line
            position={position}
            line={lineOf(comparison, position)}
            leftStart={left.startNs}
            rightStart={right.startNs}
            isFirst={position === first}
            isSelected={position === selected?.position}
          />
        )}
      />
    </>
  );
}

function totalsOf({ alignment }: Comparison): { readonly same: number; readonly different: number } {
  const same = alignment.match.reduce((sum, one) => sum + (one === 0 ? 1 : 0), 0);
  return { same, different: alignment.length - same };
}

function Line(props: {
  readonly position: number;
  readonly line: ComparedLine;
  readonly leftStart: number;
  readonly rightStart: number;
  readonly isFirst: boolean;
  readonly isSelected: boolean;
}): ReactNode {
  const { position, line, leftStart, rightStart, isFirst, isSelected } = props;
  const { left, right, match } = line;
  const leftNs = left === undefined ? undefined : left.ns - leftStart;
  const rightNs = right === undefined ? undefined : right.ns - rightStart;
  const slower = leftNs === undefined || rightNs === undefined ? undefined : rightNs - leftNs;
  const since = (ns: number | undefined): string => (ns === undefined ? '' : ns === 0 ? '0' : `+${span(ns)}`);
  return (
    <div
      id={rowId(label, position)}
      role="row"
      className={`grid-row compared ${match === 'same' ? '' : 'different'}${isFirst ? ' first-difference' : ''}${isSelected ? ' current' : ''}`}
      aria-rowindex={position + 2}
      aria-selected={isSelected}
      data-position={position}
      data-match={match}
    >
      <div role="gridcell" className="grid-cell" data-column="here">
        <ComparedCall call={left} isFirst={isFirst} />
      </div>
      <div role="gridcell" className="grid-cell end mono dim" data-column="here-time">
        {since(leftNs)}
      </div>
      <div role="gridcell" className="grid-cell end mono" data-column="slower">
        {slower === undefined ? (
          <span className="dim">{match}</span>
        ) : slower === 0 ? (
          <span className="dim">0</span>
        ) : (
          `${slower > 0 ? '+' : ''}${span(slower)}`
        )}
      </div>
      <div role="gridcell" className="grid-cell end mono dim" data-column="there-time">
        {since(rightNs)}
      </div>
      <div role="gridcell" className="grid-cell" data-column="there">
        <ComparedCall call={right} isFirst={false} />
      </div>
    </div>
  );
}

function ComparedCall({ call, isFirst }: { readonly call: Call | undefined; readonly isFirst: boolean }): ReactNode {
  return (
    <span
      className="compared-call"
      {...(call === undefined ? {} : { 'data-evt-num': callNumber(call), 'data-exit-num': exitNumber(call) })}
    >
      {isFirst ? <span className="tag bad">first difference</span> : null}
      {call === undefined ? (
        <span className="dim">–</span>
      ) : (
        <>
          <span className={`end-${call.side === 0 ? 'a' : 'b'}`}>
            <span aria-hidden="true">{call.side === 0 ? '▸' : '◂'} </span>
            <span className="visually-hidden">{call.side === 0 ? 'client' : 'server'} </span>
            <span className={`mono${call.isRefused ? ' bad' : ''}`}>
              {call.isRefused ? '✗ ' : ''}
              {callText(call)}
            </span>
          </span>{' '}
          <span className="dim">{visibleCell(call.label)}</span>
        </>
      )}
    </span>
  );
}
