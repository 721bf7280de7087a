/** Tasks of a page's main thread, out of Chromium's own trace. */
import { Failure } from '../scripts/steps.mjs';

/** What has to be traced for them. */
export const category = 'disabled-by-default-devtools.timeline';

/**
 * @typedef {{ name: string, ph: string, pid: number, tid: number, dur?: number, tdur?: number, args?: { name?: string } }} TraceEvent
 */

/**
 * Every task of the main thread of the page that was traced, in milliseconds: by the clock, and of its processor alone,
 * which other programs on the machine do not lengthen.
 * @param {Buffer} trace
 */
export function tasksOf(trace) {
  /** @type {unknown} */
  const parsed = JSON.parse(trace.toString());
  const { traceEvents } = /** @type {{ traceEvents: readonly TraceEvent[] }} */ (parsed);
  const isMain = (/** @type {TraceEvent} */ { name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain';
  const mains = traceEvents.filter(isMain).map(({ pid, tid }) => {
    const tasks = traceEvents.filter((event) => event.pid === pid && event.tid === tid && event.name === 'RunTask' && event.ph === 'X');
    return tasks.map(({ dur = 0, tdur = dur }) => ({ ms: dur / 1000, cpuMs: tdur / 1000 }));
  });
  const sum = (/** @type {readonly { ms: number }[]} */ tasks) => tasks.reduce((all, { ms }) => all + ms, 0);
  // A browser keeps a spare renderer, which does nothing.
  const [busiest = []] = mains.sort((a, b) => sum(b) - sum(a));
  if (busiest.length === 0) throw new Failure('The trace has no tasks of the main thread.');
  return busiest;
}
