/** Two conversations side by side: their calls fetched, aligned by the engine, and read line by line. */
import { callMatch, type Alignment, type Answer, type ComparedCalls, type ConversationCalls, type ConversationName } from '../../workers/protocol';
import { ask } from '../capture/session';
import { grouped } from '../format/number';
import type { TabId } from '../state/model';
import { callAt, isMinor, type Call } from './call-rows';
import { bubbleText } from './call-line';

/** Calls of each side that are compared. */
export const mostCompared = 20_000;
const step = 4000;

export interface ComparedSide {
  readonly windows: readonly ConversationCalls[];
  /** Positions of the calls that are compared: those that set something on one side only say nothing. */
  readonly kept: readonly number[];
  /** Calls it has, compared or not. */
  readonly rows: number;
  readonly startNs: number;
}

export interface Comparison {
  readonly left: ComparedSide;
  readonly right: ComparedSide;
  readonly alignment: Alignment;
}

const noCall = 0xffffffff;

/** One line: a call of either side, or of both. */
export interface ComparedLine {
  readonly left: Call | undefined;
  readonly right: Call | undefined;
  readonly match: 'same' | 'differs' | 'only left' | 'only right';
}

function callOf({ windows, kept }: ComparedSide, at: number | undefined): Call | undefined {
  const position = at === undefined || at === noCall ? undefined : kept[at];
  if (position === undefined) return undefined;
  const window = windows[Math.floor(position / step)];
  return window === undefined ? undefined : callAt(window, position);
}

const words: readonly ComparedLine['match'][] = ['same', 'differs', 'only left', 'only right'];

export function lineOf({ alignment, left, right }: Comparison, at: number): ComparedLine {
  return {
    left: callOf(left, alignment.left[at]),
    right: callOf(right, alignment.right[at]),
    match: words[alignment.match[at] ?? callMatch.same] ?? 'same',
  };
}

async function fetchSide(id: TabId, name: ConversationName, signal: AbortSignal): Promise<Answer<ComparedSide | undefined>> {
  const windows: ConversationCalls[] = [];
  let rows = 0;
  for (let first = 0; first === 0 || first < Math.min(rows, mostCompared); first += step) {
    const answer = await ask(id, 'conversationCalls', { name, first, count: step, protocol: '', bytes: 0 }, signal);
    if (!answer.ok) return answer;
    if (answer.value === undefined) return { ok: true, value: undefined };
    rows = answer.value.rows;
    windows.push(answer.value);
  }
  const kept: number[] = [];
  for (const window of windows) {
    for (let position = window.first; position < window.first + window.length; position += 1) {
      const call = callAt(window, position);
      if (call !== undefined && !isMinor(call)) kept.push(position);
    }
  }
  return { ok: true, value: { windows, kept, rows, startNs: windows[0]?.ns[0] ?? 0 } };
}

/** What the engine compares. */
function columnsOf(side: ComparedSide): ComparedCalls {
  const calls = side.kept.flatMap((_, at) => callOf(side, at) ?? []);
  return {
    side: Uint8Array.from(calls, (call) => call.side),
    syscall: calls.map(({ syscall }) => syscall),
    returned: Float64Array.from(calls, (call) => call.returned ?? Number.NaN),
  };
}

export interface Place {
  readonly id: TabId;
  readonly name: ConversationName;
}

/** Undefined when one of the two is not there. */
export async function compare(left: Place, right: Place, signal: AbortSignal): Promise<Answer<Comparison | undefined>> {
  const [one, other] = await Promise.all([
    fetchSide(left.id, left.name, signal),
    fetchSide(right.id, right.name, signal),
  ]);
  if (!one.ok) return one;
  if (!other.ok) return other;
  if (one.value === undefined || other.value === undefined) return { ok: true, value: undefined };
  const params = { left: columnsOf(one.value), right: columnsOf(other.value) };
  const alignment = await ask(left.id, 'align', params, signal);
  if (!alignment.ok) return alignment;
  return { ok: true, value: { left: one.value, right: other.value, alignment: alignment.value } };
}

/** A call and its outcome in a few words. */
export function callText(call: Call | undefined): string {
  if (call === undefined) return 'nothing';
  return call.errno === '' ? bubbleText(call) : `${bubbleText(call)} → ${call.errno}`;
}

/** Where the two part, in one sentence. */
export function differenceSentence(comparison: Comparison): string {
  const { firstDifference, length } = comparison.alignment;
  if (firstDifference === undefined) {
    return length === 0 ? 'Neither has a call.' : `All ${grouped(length)} calls are alike: only their timing differs.`;
  }
  const { left, right } = lineOf(comparison, firstDifference);
  const before =
    firstDifference === 0
      ? 'They differ from the first call on'
      : `The first ${firstDifference === 1 ? 'call is' : `${grouped(firstDifference)} calls are`} alike, then they part`;
  const who = (call: Call | undefined): string => (call === undefined ? '' : call.side === 0 ? 'client ' : 'server ');
  return `${before}: here ${who(left)}${callText(left)}, there ${who(right)}${callText(right)}.`;
}
