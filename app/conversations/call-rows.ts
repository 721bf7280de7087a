/** Reads single calls out of a window of a conversation. */
import { callFlag, type ConversationCalls, type EventRow, type RelNs } from '../../workers/protocol';
import { eventText } from '../format/number';
import type { RowFacts } from '../state/model';

export interface Call {
  readonly position: number;
  readonly row: EventRow;
  readonly exitRow: EventRow | undefined;
  /** End that made it: 0 left, 1 right. */
  readonly side: 0 | 1;
  readonly writes: boolean;
  readonly reads: boolean;
  readonly isRefused: boolean;
  readonly isOpen: boolean;
  /** Its label was read from the other end's bytes. */
  readonly isInferred: boolean;
  readonly num: number | undefined;
  readonly exitNum: number | undefined;
  /** Of the enter, or of the exit where that is all there is; undefined while the capture has only one. */
  readonly section: number | undefined;
  readonly exitSection: number | undefined;
  readonly ns: number;
  readonly latencyNs: number | undefined;
  readonly requested: number | undefined;
  readonly returned: number | undefined;
  readonly captured: number | undefined;
  /** Parameter of the exit that has its bytes. */
  readonly param: number | undefined;
  readonly unread: number;
  readonly syscall: string;
  readonly process: string;
  readonly errno: string;
  readonly label: string;
  /** Captured bytes, as far as they were asked for. */
  readonly data: Uint8Array;
}

function defined(value: number | undefined): number | undefined {
  return value === undefined || Number.isNaN(value) ? undefined : value;
}

/** Sections count from 1; 0 stands for none. */
function numbered(section: number | undefined): number | undefined {
  return section === 0 ? undefined : section;
}

const noRow = 0xffffffff;
const read = new WeakMap<ConversationCalls, (Call | undefined)[]>();

/** The call at a position, if the window has it. */
export function callAt(window: ConversationCalls, position: number): Call | undefined {
  const i = position - window.first;
  if (i < 0 || i >= window.length) return undefined;
  let calls = read.get(window);
  if (calls === undefined) {
    calls = [];
    read.set(window, calls);
  }
  calls[i] ??= readCall(window, i);
  return calls[i];
}

function readCall(window: ConversationCalls, i: number): Call {
  const flags = window.flags[i] ?? 0;
  const exitRow = window.exitRow[i] ?? noRow;
  const param = window.param[i] ?? -1;
  return {
    position: window.first + i,
    row: (window.row[i] ?? 0) as EventRow,
    exitRow: exitRow === noRow ? undefined : (exitRow as EventRow),
    side: window.side[i] === 1 ? 1 : 0,
    writes: (flags & callFlag.writes) !== 0,
    reads: (flags & callFlag.reads) !== 0,
    isRefused: (flags & callFlag.refused) !== 0,
    isOpen: (flags & callFlag.open) !== 0,
    isInferred: (flags & callFlag.inferred) !== 0,
    num: defined(window.num[i]),
    exitNum: defined(window.exitNum[i]),
    section: numbered(window.section[i]),
    exitSection: numbered(window.exitSection[i]),
    ns: window.ns[i] ?? 0,
    latencyNs: defined(window.latencyNs[i]),
    requested: defined(window.requested[i]),
    returned: defined(window.returned[i]),
    captured: defined(window.captured[i]),
    param: param < 0 ? undefined : param,
    unread: defined(window.unread[i]) ?? 0,
    syscall: window.syscall[i] ?? '',
    process: window.process[i] ?? '',
    errno: window.errno[i] ?? '',
    label: window.label[i] ?? '',
    data: window.data.subarray(i === 0 ? 0 : window.dataEnd[i - 1], window.dataEnd[i]),
  };
}

/** What the selection keeps of a call: where no enter was recorded, it has the number of its exit. */
export function factsOfCall({ row, num, exitNum, section, ns }: Call): RowFacts {
  return { row, num: num ?? exitNum, section, exitNum, ns: ns as RelNs };
}

/** Number of a call's enter, or of its exit where that is all there is, with its section where there are several. */
export function callNumber({ num, exitNum, section }: Call): string | undefined {
  const known = num ?? exitNum;
  return known === undefined ? undefined : eventText(known, section);
}

/** Number of a call's exit, likewise. */
export function exitNumber({ exitNum, exitSection }: Call): string | undefined {
  return exitNum === undefined ? undefined : eventText(exitNum, exitSection);
}

/** Whether it is about bytes; others open, close or set something. */
export function isData(call: Call): boolean {
  return call.writes || call.reads;
}

/** Calls that begin or end a side: everything else that moves no bytes says little. */
const lifecycle = /^(connect|accept4?|close|shutdown|socketpair|pipe2?|listen|bind|socket)$/;

export function isMinor(call: Call): boolean {
  return !isData(call) && !lifecycle.test(call.syscall);
}

/** Bytes it moved. */
export function movedBy(call: Call): number {
  return isData(call) ? Math.max(0, call.returned ?? 0) : 0;
}
