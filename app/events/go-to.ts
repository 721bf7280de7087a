/** Understands what people type to go somewhere: an event number or a time. */
import type { RelNs } from '../../workers/protocol';
import { parseEventNumber, type EventNumber } from '../format/number';

export type Target =
  | { readonly kind: 'event'; readonly event: EventNumber }
  | { readonly kind: 'time'; readonly ns: RelNs };

export interface GoToContext {
  readonly firstNs: bigint;
  readonly durationNs: number;
  readonly zone: 'local' | 'utc';
  /** With more than one, `2.14107` is an event of the second. */
  readonly sections: number;
}

const dayNs = 86_400_000_000_000n;

/** Nanoseconds of a fraction's digits. */
function fraction(digits: string | undefined): bigint {
  return BigInt((digits ?? '').slice(0, 9).padEnd(9, '0'));
}

function relative(ns: bigint): Target {
  return { kind: 'time', ns: Number(ns) as RelNs };
}

const units: Readonly<Record<string, bigint>> = { s: 1_000_000_000n, ms: 1_000_000n, us: 1000n, µs: 1000n, ns: 1n };

/** `6.55`, `6.55 s`, `150 ms`: since the first event. */
function parseSpan(text: string): Target | undefined {
  const match = /^\+?(\d{1,12})(?:\.(\d+))?\s*(s|ms|us|µs|ns)?$/u.exec(text);
  if (match === null || (match[2] === undefined && match[3] === undefined)) return undefined;
  const unit = units[match[3] ?? 's'] ?? 1n;
  return relative(BigInt(match[1] ?? '0') * unit + (fraction(match[2]) * unit) / 1_000_000_000n);
}

/** `12:33:14.5`: the first such moment at or after the capture's start, give or take the day's end. */
function parseClock(text: string, context: GoToContext): Target | undefined {
  const match = /^(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d+))?)?$/.exec(text);
  if (match === null) return undefined;
  const [hours, minutes, seconds] = [Number(match[1]), Number(match[2]), Number(match[3] ?? '0')];
  if (hours > 23 || minutes > 59 || seconds > 59) return undefined;
  const day = new Date(Number(context.firstNs / 1_000_000n));
  if (context.zone === 'utc') day.setUTCHours(hours, minutes, seconds, 0);
  else day.setHours(hours, minutes, seconds, 0);
  const at = BigInt(day.getTime()) * 1_000_000n + fraction(match[4]) - context.firstNs;
  // A recording that runs past midnight is on the next day by then; a moment before its start is its start.
  const next = at + dayNs;
  if (at < 0n && next <= BigInt(Math.ceil(context.durationNs))) return relative(next);
  return relative(at < 0n ? 0n : at);
}

/** `2024-05-01 12:33:14.5`, with `T` and `Z` if one likes. */
function parseDate(text: string, context: GoToContext): Target | undefined {
  const match = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2})?)(?:\.(\d+))?\s*(Z|UTC)?$/.exec(text);
  if (match === null) return undefined;
  const zone = match[4] !== undefined || context.zone === 'utc' ? 'Z' : '';
  const ms = Date.parse(`${match[1] ?? ''}T${match[2] ?? ''}${zone}`);
  if (Number.isNaN(ms)) return undefined;
  const at = BigInt(ms) * 1_000_000n + fraction(match[3]) - context.firstNs;
  return relative(at < 0n ? 0n : at);
}

export function parseGoTo(raw: string, context: GoToContext): Target | undefined {
  const text = raw.trim();
  const event = parseEventNumber(text.replace(/^#/, '').replaceAll(',', ''));
  const section = event?.section;
  // `2.14107` is seconds where there is no second section.
  const isTime = section !== undefined && !text.startsWith('#') && (context.sections < 2 || section > context.sections);
  if (event !== undefined && !isTime) return { kind: 'event', event };
  return parseSpan(text) ?? parseClock(text, context) ?? parseDate(text, context);
}
