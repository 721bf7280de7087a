/** Which files are parts of one recording (`sysdig -C`, `-G`, `-e`, `-W`), in which order, and what is missing between them. */
import type { FileSpan, Gap } from '../protocol';
import { elapsedByName } from './rolled-time';

/** What the beginning of a file says about it. */
export interface FileHead {
  readonly name: string;
  /** Host that recorded it; `undefined` when the file is no capture or could not be read. */
  readonly host: string | undefined;
  /** When that host was booted, nanoseconds since the epoch; 0 when not recorded. */
  readonly bootNs: bigint;
  /** Time of its first event, nanoseconds since the epoch; `undefined` when it has none. */
  readonly firstNs: bigint | undefined;
  /** Its process list, one number for each thread. */
  readonly threads: ReadonlySet<number>;
}

const naturally = new Intl.Collator('en', { numeric: true });

/** Order of recording: by first event; files that have none, and those of one instant, by name with numbers as numbers. */
function inOrder(a: FileHead, b: FileHead): number {
  if (a.firstNs !== undefined && b.firstNs !== undefined && a.firstNs !== b.firstNs) return a.firstNs < b.firstNs ? -1 : 1;
  return naturally.compare(a.name, b.name);
}

/** Positions of `heads` in the order of recording. */
export function orderOf(heads: readonly FileHead[]): readonly number[] {
  return heads
    .map((head, position) => ({ head, position }))
    .sort((a, b) => inOrder(a.head, b.head))
    .map((entry) => entry.position);
}

/** `web.scap.gz12`: sysdig counts behind the whole name, from 0. */
function counterOf(name: string): { readonly stem: string; readonly at: number } | undefined {
  const match = /^(.*\D)(\d{1,9})$/s.exec(name);
  return match === null ? undefined : { stem: match[1] ?? '', at: Number(match[2]) };
}

/** Counters in the order of time go up, and in a ring (`-W`) once back to the start: 2, 3, 0, 1. */
function isTurn(counters: readonly number[]): boolean {
  let steps = 0;
  for (const [i, at] of counters.entries()) {
    const next = counters[(i + 1) % counters.length] ?? at;
    if (next <= at) steps += 1;
  }
  return steps === 1;
}

/** Whether the times in two names agree with the time between the first events of the files. */
function areNamedByTime(before: string, behind: string, ns: number): boolean {
  const seconds = ns / 1e9;
  return elapsedByName(before, behind).some(
    // A file is named when it is opened: its first event may be a while after that.
    ({ elapsed, step }) => elapsed > 0 && Math.abs(elapsed - seconds) <= elapsed / 2 + step,
  );
}

/** Whether names of files in the order of time are those of one roll. */
function areNamesOfRoll(files: readonly FileHead[]): boolean {
  const counters = files.map(({ name }) => counterOf(name));
  const stems = new Set(counters.map((counter) => counter?.stem));
  if (stems.size === 1 && !stems.has(undefined) && isTurn(counters.flatMap((counter) => counter?.at ?? []))) return true;
  return files.every((file, i) => {
    const before = files[i - 1];
    if (before?.firstNs === undefined || file.firstNs === undefined) return i === 0;
    return areNamedByTime(before.name, file.name, Number(file.firstNs - before.firstNs));
  });
}

/** Most threads of a host outlive a file; two recordings of it that have nothing to do with each other may share fewer. */
const leastShared = 0.5;

/** Whether two files can come from one recording, by what their beginnings say of the machine. */
function isSameMachine(a: FileHead, b: FileHead): boolean {
  if (a.host === undefined || a.host !== b.host || a.bootNs !== b.bootNs) return false;
  const fewer = Math.min(a.threads.size, b.threads.size);
  const shared = [...a.threads].filter((thread) => b.threads.has(thread)).length;
  return shared >= fewer * leastShared;
}

/**
 * Groups of positions, each one capture in the order of recording; groups are in the order in which the first of their
 * files was given. Files belong together when their names are those of one roll, in the order in which their first
 * events happened, and when their process lists are those of one machine that has run on between them.
 */
export function planFiles(heads: readonly FileHead[]): readonly (readonly number[])[] {
  const groups: number[][] = [];
  for (const position of orderOf(heads)) {
    const head = heads[position];
    if (head === undefined) continue;
    const group = groups.find((members) => {
      const files = members.flatMap((member) => heads[member] ?? []);
      const last = files.at(-1);
      if (last?.firstNs === undefined || head.firstNs === undefined || head.firstNs <= last.firstNs) return false;
      return isSameMachine(last, head) && areNamesOfRoll([...files, head]);
    });
    if (group === undefined) groups.push([position]);
    else group.push(position);
  }
  return groups.sort((a, b) => Math.min(...a) - Math.min(...b));
}

/** Buffers of several CPUs are merged roughly: a file may begin this much before the end of the one before it. */
const mergeNs = 10_000_000n;

/** Whether a file was recorded while the file before it still was: then they are two recordings. */
export function overlaps(lastNs: bigint, head: FileHead): boolean {
  return head.firstNs !== undefined && head.firstNs < lastNs - mergeNs;
}

/** A silence between two files shorter than this is nothing to tell. */
const shortestGapNs = 100_000_000;
/** So many times the longest silence within the files on both sides is no silence any more. */
const gapFactor = 4;

/** Files that should stand between two others by the counters in their names. */
function countedBetween(before: string, behind: string, files: readonly FileSpan[]): number {
  const from = counterOf(before);
  const to = counterOf(behind);
  if (from === undefined || from.stem !== to?.stem) return 0;
  if (to.at > from.at) return to.at - from.at - 1;
  const last = Math.max(...files.map(({ name }) => counterOf(name)?.at ?? 0));
  return last - from.at + to.at;
}

/** What is missing between the files of a rolled capture: files that names count, and time without any event. */
export function gapsBetween(files: readonly FileSpan[]): readonly Gap[] {
  const gaps: Gap[] = [];
  const isCounted = isTurn(files.flatMap(({ name }) => counterOf(name)?.at ?? []));
  const recorded = files.filter(({ startNs }) => startNs !== undefined);
  for (const [i, behind] of recorded.entries()) {
    const before = recorded[i - 1];
    if (before?.endNs === undefined || behind.startNs === undefined) continue;
    const ns = Math.max(0, behind.startNs - before.endNs);
    const isNamedByTime = areNamedByTime(before.name, behind.name, behind.startNs - (before.startNs ?? 0));
    const between = files.indexOf(behind) - files.indexOf(before) - 1;
    const counted = isCounted && !isNamedByTime ? countedBetween(before.name, behind.name, files) : 0;
    const missing = Math.max(0, counted - between);
    const isSilent = ns >= shortestGapNs && ns > gapFactor * Math.max(before.silenceNs, behind.silenceNs);
    if (missing > 0 || isSilent) gaps.push({ before: before.name, behind: behind.name, row: behind.row, ns, missing });
  }
  return gaps;
}
