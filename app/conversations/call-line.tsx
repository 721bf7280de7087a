/** One call of a conversation: on the side that made it, with a bubble as wide as its bytes are many. */
import { memo, type ReactNode } from 'react';
import { hexDump } from '../format/hex-dump';
import { grouped } from '../format/number';
import { span } from '../format/time';
import { visible, visibleCell } from '../format/visible';
import type { BytesAs } from '../state/model';
import { callNumber, exitNumber, isData, isMinor, movedBy, type Call } from './call-rows';

/** Captured bytes of each call that the flow shows; the inspector has the rest. */
export const bytesInFlow = 512;

/** Width of a bubble in pixels: it grows with the logarithm of the bytes, for they differ by powers of ten. */
export function bubbleWidth(bytes: number): number {
  return Math.round(84 + 11 * Math.log2(1 + bytes));
}

/** What a bubble says: the call, what it moved, and what was asked for where that differs. */
export function bubbleText(call: Call): string {
  const { syscall, requested, returned } = call;
  if (!isData(call)) return syscall;
  if (call.isOpen) return requested === undefined ? syscall : `${syscall} ${grouped(requested)}`;
  if (call.errno !== '') return requested === undefined ? syscall : `${syscall} ${grouped(requested)}`;
  if (returned === undefined) return syscall;
  return requested === undefined || requested === returned
    ? `${syscall} ${grouped(returned)}`
    : `${syscall} ${grouped(returned)} / ${grouped(requested)}`;
}

/** How much of a call's bytes the capture has, when not all. */
export function capturedText(call: Call): string {
  const moved = call.isRefused ? (call.requested ?? 0) : movedBy(call);
  if (!isData(call) || call.captured === undefined || call.captured >= moved) return '';
  return `captured ${grouped(call.captured)} of ${grouped(moved)}`;
}

function Bytes(props: {
  readonly call: Call;
  readonly form: Exclude<BytesAs, 'decoded'>;
  readonly width: number;
}): ReactNode {
  const { call, form, width } = props;
  const { data, captured = 0 } = call;
  if (data.length === 0) return null;
  const text =
    form === 'hex'
      ? hexDump(data, width)
          .map((line) => `${line.offset}  ${line.hex}  ${line.text}`)
          .join('\n')
      : form === 'ascii'
        ? asciiText(data)
        : visible(new TextDecoder().decode(data));
  const rest = captured - data.length;
  return (
    <pre className={`call-bytes ${form}`}>
      {text}
      {rest > 0 ? <span className="dim">{`\n… ${grouped(rest)} more: Bytes of the inspector has them`}</span> : null}
    </pre>
  );
}

/** Printable ASCII as it is, line ends as line ends, anything else as a dot. */
export function asciiText(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) =>
    byte === 10 ? '\n' : byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : byte === 13 ? '' : '.',
  )
    .join('')
    .replace(/\n$/, '');
}

export interface CallLineProps {
  readonly id: string;
  readonly call: Call;
  readonly form: BytesAs;
  /** There is room for sixteen bytes in a line. */
  readonly isWide: boolean;
  /** What the page knows of it beside the engine's label: `end of stream`, `waited 149.9 µs to be accepted`. */
  readonly note: string;
  readonly time: string;
  readonly timeTitle: string;
  readonly isSelected: boolean;
  readonly isCurrent: boolean;
  /** Row of the grid, from 1. */
  readonly rowIndex: number;
  /** A long time passed since the call before. */
  readonly pause: string;
}

/** The parts of a call's own side, told from the middle outwards. */
function Side(props: CallLineProps): ReactNode {
  const { call, form, note } = props;
  const moved = call.isRefused ? (call.requested ?? 0) : movedBy(call);
  const clipped = capturedText(call);
  const unread = call.unread > 0 && moved > 0 ? Math.min(1, call.unread / moved) : 0;
  const classes = ['bubble', `side-${call.side}`];
  if (call.isRefused) classes.push('refused');
  if (unread > 0) classes.push('unread');
  if (call.isOpen) classes.push('open');
  if (isMinor(call)) classes.push('minor');
  const words = [note, form === 'decoded' ? visibleCell(call.label) : ''].filter((word) => word !== '').join(' · ');
  return (
    <div className={`call-side side-${call.side}`}>
      <span
        className={classes.join(' ')}
        style={{ width: isData(call) ? bubbleWidth(moved) : undefined, '--unread': `${unread * 100}%` }}
      >
        {call.isRefused ? <span aria-hidden="true">✗ </span> : null}
        {bubbleText(call)}
      </span>
      <span className="call-words">
        {call.errno === '' ? null : <b className={call.isRefused ? 'bad' : 'dim'}>{call.errno} </b>}
        {words === '' ? null : (
          <span className="call-label" title={words}>
            {words}{' '}
          </span>
        )}
        {call.isInferred && form === 'decoded' && call.label !== '' ? (
          <span className="tag" title="Read from the writer's bytes at the same place of the stream">
            inferred
          </span>
        ) : null}
        {clipped === '' ? null : <span className="tag warn">{clipped}</span>}
        {call.unread > 0 ? <span className="tag bad">{grouped(call.unread)} never read</span> : null}
        {call.isOpen ? <span className="tag warn">no return</span> : null}
        {call.latencyNs === undefined ? null : <span className="call-took">{span(call.latencyNs)}</span>}
      </span>
      {form === 'decoded' ? null : <Bytes call={call} form={form} width={props.isWide ? 16 : 8} />}
    </div>
  );
}

export const CallLine = memo(function CallLine(props: CallLineProps): ReactNode {
  const { id, call, isSelected, isCurrent, rowIndex, time, timeTitle, pause } = props;
  const side = <Side {...props} />;
  const who = <span className="visually-hidden">{visible(call.process)}: </span>;
  const classes = ['call'];
  if (call.isRefused) classes.push('failed');
  if (isCurrent) classes.push('current');
  if (pause !== '') classes.push('paused');
  return (
    <div
      id={id}
      role="row"
      className={classes.join(' ')}
      aria-rowindex={rowIndex}
      aria-selected={isSelected}
      data-call={call.position}
      data-side={call.side}
      data-evt-num={callNumber(call)}
      data-exit-num={exitNumber(call)}
    >
      <div role="gridcell" className="call-left">
        {call.side === 0 ? (
          <>
            {who}
            {side}
          </>
        ) : null}
      </div>
      <div role="gridcell" className="call-time" title={timeTitle}>
        {pause === '' ? null : <span className="call-pause">{pause}</span>}
        <span className={`call-dot side-${call.side}`} aria-hidden="true" />
        {time}
      </div>
      <div role="gridcell" className="call-right">
        {call.side === 1 ? (
          <>
            {who}
            {side}
          </>
        ) : null}
      </div>
    </div>
  );
});
