/** How the time column counts. */
export type TimeMode = 'local' | 'utc' | 'relative' | 'delta' | 'since';

export const timeModes: readonly TimeMode[] = ['local', 'utc', 'relative', 'delta', 'since'];

export const timeModeNames: Readonly<Record<TimeMode, string>> = {
  local: 'Local time',
  utc: 'UTC',
  relative: 'Since start',
  delta: 'Since previous row',
  since: 'Since selected row',
};

const second = 1_000_000_000n;

const two = (value: number): string => String(value).padStart(2, '0');

/** Time of day with nanoseconds, as sysdig prints it. */
export function timeOfDay(ns: bigint, zone: 'local' | 'utc'): string {
  const date = new Date(Number(ns / 1_000_000n));
  const [hours, minutes, seconds] =
    zone === 'utc'
      ? [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()]
      : [date.getHours(), date.getMinutes(), date.getSeconds()];
  return `${two(hours)}:${two(minutes)}:${two(seconds)}.${String(ns % second).padStart(9, '0')}`;
}

/** Date and time of day to the second. */
export function dateTime(ns: bigint, zone: 'local' | 'utc'): string {
  const date = new Date(Number(ns / 1_000_000n));
  const [year, month, day] =
    zone === 'utc'
      ? [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()]
      : [date.getFullYear(), date.getMonth(), date.getDate()];
  return `${year}-${two(month + 1)}-${two(day)} ${timeOfDay(ns, zone).slice(0, 8)}${zone === 'utc' ? ' UTC' : ''}`;
}

/** Seconds with nanoseconds; `ns` is a whole number of them. */
export function seconds(ns: number): string {
  const whole = BigInt(Math.round(Math.abs(ns)));
  const sign = ns < 0 ? '-' : '';
  return `${sign}${whole / second}.${String(whole % second).padStart(9, '0')}`;
}

export interface TimeContext {
  readonly mode: TimeMode;
  /** Absolute time of the capture's first event. */
  readonly firstNs: bigint;
  /** Time that `since` counts from. */
  readonly sinceNs: number | undefined;
}

/** Text of the time column; `previousNs` is the row above, undefined on the first. */
export function timeText(ns: number, previousNs: number | undefined, context: TimeContext): string {
  switch (context.mode) {
    case 'local':
    case 'utc':
      return timeOfDay(context.firstNs + BigInt(Math.round(ns)), context.mode);
    case 'relative':
      return seconds(ns);
    case 'delta':
      return seconds(previousNs === undefined ? 0 : ns - previousNs);
    case 'since': {
      if (context.sinceNs === undefined) return seconds(ns);
      const delta = ns - context.sinceNs;
      return delta > 0 ? `+${seconds(delta)}` : seconds(delta);
    }
  }
}

/** A whole number of `unit`s as a decimal number: exact halves go up, as in the engine. */
function decimal(ns: number, unit: number, digits: number): string {
  const scale = 10 ** digits;
  const count = Math.floor((ns * scale + unit / 2) / unit);
  return `${Math.floor(count / scale)}.${String(count % scale).padStart(digits, '0')}`;
}

/** A span for people: `88.9 µs`, `5.06 ms`, `12.10 s`. The engine has the same rule for its sentences. */
export function span(ns: number): string {
  const sign = ns < 0 ? '−' : '';
  const abs = Math.round(Math.abs(ns));
  if (abs < 1000) return `${sign}${abs} ns`;
  if (abs < 999_950) return `${sign}${decimal(abs, 1e3, 1)} µs`;
  if (abs < 999_995_000) return `${sign}${decimal(abs, 1e6, 2)} ms`;
  if (abs < 59_995_000_000) return `${sign}${decimal(abs, 1e9, 2)} s`;
  const total = Math.round(abs / 1e9);
  const hours = Math.floor(total / 3600);
  const minutes = Math.floor(total / 60) % 60;
  return hours > 0 ? `${sign}${hours} h ${minutes} min` : `${sign}${minutes} min ${total % 60} s`;
}

/** Microseconds with one decimal, the unit of the latency column. */
export function micros(ns: number): string {
  const [whole = '', fraction = '0'] = decimal(Math.abs(ns), 1e3, 1).split('.');
  return `${ns < 0 ? '-' : ''}${whole.replace(/\B(?=(\d{3})+$)/g, ',')}.${fraction}`;
}

/** How long indexing took, in seconds: more digits for shorter times. */
export function elapsedSeconds(ms: number): string {
  const value = ms / 1000;
  return value < 9.95 ? value.toFixed(2) : value.toFixed(1);
}
