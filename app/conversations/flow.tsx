/** The calls of a conversation down the time: client left, server right, findings at their place. */
import { useEffect, useLayoutEffect, useMemo, useState, type MouseEvent, type ReactNode } from 'react';
import type { ConversationCalls, ConversationDetail, ConversationName, Finding, ListPosition } from '../../workers/protocol';
import { debounce } from '../base/debounce';
import { useLatest } from '../base/use-query';
import { ask } from '../capture/session';
import { useWindow } from '../components/grid/use-window';
import { span, timeOfDay } from '../format/time';
import { visible } from '../format/visible';
import { sentence } from '../messages/messages';
import type { BytesAs, OpenConversation, Tab } from '../state/model';
import { store, useApp } from '../state/store';
import { CallLine, bytesInFlow } from './call-line';
import { callAt, callNumber, exitNumber, factsOfCall, type Call } from './call-rows';
import { causeOf, eventsOf } from './cause';
import { indexOfCall, lineAt, type Inlet } from './lines';
import { nameOf, nameText, selectCall } from './moves';
import { useLines } from './use-lines';

const noInlets: readonly Inlet[] = [];

/** Where the findings of a conversation stand: behind the last of their events that is one of its calls. */
function useInlets(tab: Tab, name: ConversationName, detail: ConversationDetail): readonly Inlet[] {
  const { id, tick } = tab;
  const { state } = useLatest(`${id} ${nameText(name)} ${tick}`, async (signal) => {
    const inlets: Inlet[] = [];
    for (const finding of detail.findings) {
      const failed = causeOf(finding, detail)?.failedRow;
      for (const at of failed === undefined ? [...eventsOf(finding)].reverse() : [{ row: failed }]) {
        const located = await ask(id, 'locate', { list: { unit: 'events' }, at }, signal);
        if (!located.ok) return located;
        const row = located.value?.row;
        if (row === undefined) continue;
        const answer = await ask(id, 'conversationPosition', { name, row }, signal);
        if (!answer.ok) return answer;
        if (answer.value?.exact !== true) continue;
        inlets.push({ after: answer.value.position, finding });
        break;
      }
    }
    inlets.sort((a, b) => a.after - b.after);
    return { ok: true, value: inlets };
  });
  return state.status === 'ready' ? state.value : noInlets;
}

/** Pixels in which both sides have room for sixteen bytes in a line. */
const wideFrom = 1230;
const lineHeight = 28;
/** A pause this long between two calls is told. */
const pauseNs = 1_000_000;

/** What the page adds to a call: what connect, accept, end of stream and close mean here. */
export function noteOf(call: Call, { line }: ConversationDetail): string {
  const { accept, accept_wait_ns: wait, dir } = line;
  if (/^accept4?$/.test(call.syscall) && accept !== null && call.exitNum === accept.exit) {
    return wait === null ? '' : wait >= 0 ? `waited ${span(wait)} in the accept queue` : 'accepted before connect returned';
  }
  if (call.syscall === 'connect') return visible(line.path === '' ? '' : line.path);
  if (call.reads && call.returned === 0 && (call.requested ?? 0) > 0) return 'end of stream';
  if (call.syscall === 'close' && call.side === 1 && dir[1].written === 0 && (dir[0].written ?? 0) > 0) {
    return 'no reply was written';
  }
  return '';
}

export function Flow(props: {
  readonly tab: Tab;
  readonly open: OpenConversation;
  readonly detail: ConversationDetail;
}): ReactNode {
  const { tab, open, detail } = props;
  const { id, tick } = tab;
  const { protocol } = open;
  // While the next life is fetched, the one before is still shown.
  const name = nameOf(detail.line.key, detail.line.life);
  const form = useApp((state) => state.preferences.bytesAs);
  const mode = useApp((state) => state.preferences.time);
  const inlets = useInlets(tab, name, detail);
  const [scroller, setScroller] = useState<HTMLDivElement | null>(null);
  const [isWide, setWide] = useState(false);
  useLayoutEffect(() => {
    if (scroller === null) return undefined;
    const observer = new ResizeObserver(() => setWide(scroller.clientWidth >= wideFrom));
    observer.observe(scroller);
    return () => observer.disconnect();
  }, [scroller]);
  const { calls } = detail;
  const bytes = form === 'decoded' ? 0 : bytesInFlow;
  const key = `${id} ${nameText(name)} ${protocol} ${bytes}`;
  const fetch = async (first: ListPosition, count: number, signal: AbortSignal) => {
    const answer = await ask(id, 'conversationCalls', { name, first, count, protocol, bytes }, signal);
    if (!answer.ok) return answer;
    return answer.value === undefined
      ? ({ ok: false, error: { kind: 'cancelled' } } as const)
      : ({ ok: true, value: answer.value } as const);
  };
  const { window, error, onRange } = useWindow<ConversationCalls>(key, calls, tick, fetch);

  const count = calls + inlets.length;
  const lines = useLines(scroller, count, lineHeight, `${form} ${isWide} ${inlets.length}`, open.top);
  const items = Array.from({ length: Math.max(0, lines.end - lines.first) }, (_, at) => lines.first + at);
  const shown = items.flatMap((index) => {
    const line = lineAt(index, inlets);
    return 'call' in line ? [line.call] : [];
  });
  const first = shown[0] ?? 0;
  const last = shown.at(-1) ?? -1;
  useEffect(() => onRange(first, last), [first, last, onRange]);

  const { reveal, selected, mark } = open;
  const { reveal: showLine } = lines;
  useEffect(() => {
    if (reveal === undefined || calls === 0 || scroller === null) return;
    const index = indexOfCall(reveal.position, inlets);
    showLine(index, reveal.how);
    store.dispatch({ type: 'conversation-changed', id, change: { reveal: undefined } });
  }, [id, reveal, inlets, calls, scroller, showLine]);

  const saveTop = useMemo(
    () =>
      debounce(() => {
        const top = scroller?.scrollTop;
        if (top !== undefined) store.dispatch({ type: 'conversation-changed', id, change: { top } });
      }, 120),
    [id, scroller],
  );
  useEffect(() => () => saveTop.cancel(), [saveTop]);

  const call = (position: number): Call | undefined => (window === undefined ? undefined : callAt(window, position));
  const startNs = detail.line.start_ns ?? call(0)?.ns;
  const firstNs = tab.summary?.firstNs ?? 0n;
  const sinceNs = (mark ?? selected)?.facts?.ns;
  const timeOf = (one: Call): string => {
    const from = mode === 'since' ? sinceNs : mode === 'delta' ? call(one.position - 1)?.ns : startNs;
    if (mode === 'utc') return timeOfDay(firstNs + BigInt(Math.round(one.ns)), 'utc').slice(0, -3);
    const delta = one.ns - (from ?? one.ns);
    return delta === 0 ? '0' : `${delta > 0 ? '+' : ''}${span(delta)}`;
  };
  const pauseOf = (one: Call): string => {
    const before = call(one.position - 1);
    return before === undefined || mode === 'delta' || one.ns - before.ns < pauseNs ? '' : `${span(one.ns - before.ns)} later`;
  };
  const low = selected === undefined ? -1 : Math.min(selected.position, mark?.position ?? selected.position);
  const high = selected === undefined ? -1 : Math.max(selected.position, mark?.position ?? selected.position);

  const pick = (event: MouseEvent): void => {
    const row = event.target instanceof Element ? event.target.closest('[data-call]') : null;
    const position = Number(row?.getAttribute('data-call') ?? Number.NaN);
    const one = Number.isNaN(position) ? undefined : call(position);
    if (one === undefined) return;
    selectCall(id, position, { extend: event.shiftKey || event.ctrlKey || event.metaKey, facts: factsOfCall(one) });
  };
  const isInView = selected !== undefined && selected.position >= first && selected.position <= last;

  return (
    // The grid itself takes the focus; keys are those of `shell/commands`.
    // eslint-disable-next-line jsx-a11y/click-events-have-key-events
    <div
      ref={setScroller}
      className="flow"
      role="grid"
      aria-label="Calls"
      aria-rowcount={calls + inlets.length}
      aria-multiselectable="true"
      aria-busy={tab.phase.kind === 'opening'}
      aria-activedescendant={isInView ? callId(selected.position) : undefined}
      tabIndex={0}
      onClick={pick}
      onScroll={() => saveTop.call()}
    >
      <div className="flow-body" role="rowgroup" style={{ height: lines.total + 24 }}>
        {items.map((index) => {
          const line = lineAt(index, inlets);
          const one = 'call' in line ? call(line.call) : undefined;
          return (
            <div
              key={index}
              data-line={index}
              className="flow-line"
              role="presentation"
              style={{ transform: `translateY(${lines.startOf(index)}px)` }}
            >
              {'finding' in line ? (
                <FindingLine finding={line.finding} rowIndex={index + 1} />
              ) : one === undefined ? (
                <div className="call" role="row" aria-rowindex={index + 1}>
                  <div role="gridcell" />
                </div>
              ) : (
                <CallLine
                  id={callId(line.call)}
                  call={one}
                  form={form}
                  isWide={isWide}
                  note={noteOf(one, detail)}
                  time={timeOf(one)}
                  timeTitle={titleOf(one, firstNs)}
                  pause={pauseOf(one)}
                  rowIndex={index + 1}
                  isSelected={line.call >= low && line.call <= high}
                  isCurrent={line.call === selected?.position}
                />
              )}
            </div>
          );
        })}
      </div>
      {error === undefined || error.kind === 'cancelled' ? null : <p className="grid-note">{sentence(error)}</p>}
    </div>
  );
}

function callId(position: number): string {
  return `call-${position}`;
}

function titleOf(call: Call, firstNs: bigint): string {
  const edges = [call.num === undefined ? undefined : callNumber(call), exitNumber(call)]
    .flatMap((number) => (number === undefined ? [] : `#${number}`))
    .join(' → ');
  return `${timeOfDay(firstNs + BigInt(Math.round(call.ns)), 'local')} · ${edges}`;
}

/** What is worth a look, where it happened. */
function FindingLine({ finding, rowIndex }: { readonly finding: Finding; readonly rowIndex: number }): ReactNode {
  return (
    <div className={`flow-finding ${finding.severity}`} role="row" aria-rowindex={rowIndex}>
      <div role="gridcell" title={visible(finding.sentence)}>
        <span aria-hidden="true">{finding.severity === 'error' ? '✗' : finding.severity === 'warning' ? '⚠' : 'i'} </span>
        {visible(finding.sentence)}
      </div>
    </div>
  );
}

/** The forms by name. */
export const forms: readonly (readonly [BytesAs, string])[] = [
  ['decoded', 'Decoded'],
  ['ascii', 'ASCII'],
  ['hex', 'Hex'],
  ['raw', 'Raw'],
];
