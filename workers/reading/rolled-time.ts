/** Reads the times that `sysdig -G` puts into names by a pattern such as `web-%Y%m%d_%H%M.scap`. */

/** What two names may say of the time between them. */
export interface NameTime {
  /** Seconds from one name to the other. */
  readonly elapsed: number;
  /** Seconds between two names that the pattern can tell apart. */
  readonly step: number;
}

/** How digits of a name may be meant; `Y` year, `M` month, `D` day, `h` hour, `m` minute, `s` second. */
const patterns: readonly { readonly digits: string; readonly step: number; readonly period: number }[] = [
  { digits: 'YYYYMMDDhhmmss', step: 1, period: Infinity },
  { digits: 'YYYYMMDDhhmm', step: 60, period: Infinity },
  { digits: 'YYYYMMDDhh', step: 3600, period: Infinity },
  { digits: 'YYYYMMDD', step: 86_400, period: Infinity },
  { digits: 'hhmmss', step: 1, period: 86_400 },
  { digits: 'hhmm', step: 60, period: 86_400 },
];

/** Digits of `text` under the letters of a pattern; `fallback` when the pattern has none of them. */
function part(text: string, pattern: string, letter: string, fallback: number): number {
  const from = pattern.indexOf(letter);
  return from < 0 ? fallback : Number(text.slice(from, pattern.lastIndexOf(letter) + 1));
}

/** Seconds since some fixed moment; `undefined` when the digits are no such time. */
function secondsOf(text: string, pattern: string): number | undefined {
  const at = (letter: string, fallback: number): number => part(text, pattern, letter, fallback);
  const [year, month, day] = [at('Y', 1970), at('M', 1), at('D', 1)];
  const [hour, minute, second] = [at('h', 0), at('m', 0), at('s', 0)];
  const isTime = year >= 1970 && month >= 1 && month <= 12 && day >= 1 && day <= 31;
  if (!isTime || hour > 23 || minute > 59 || second > 60) return undefined;
  return Date.UTC(year, month - 1, day, hour, minute, second) / 1000;
}

/** Seconds since the epoch (`%s`). */
const epoch = /^1\d{9}$/;

/**
 * The time between two names that are the same but for digits of one length each, in every way in which these can be read;
 * none when the names differ otherwise.
 */
export function elapsedByName(before: string, behind: string): readonly NameTime[] {
  const [a, b] = [before.split(/(\d+)/), behind.split(/(\d+)/)];
  const isSame = a.length === b.length && a.every((text, i) => (i % 2 === 0 ? text === b[i] : text.length === b[i]?.length));
  if (!isSame) return [];
  const first = a.findIndex((text, i) => text !== b[i]);
  if (first < 0) return [];
  const digits = (parts: readonly string[]): string => parts.slice(first).filter((_, i) => i % 2 === 0).join('');
  const [from, to] = [digits(a), digits(b)];
  if (epoch.test(from) && epoch.test(to)) return [{ elapsed: Number(to) - Number(from), step: 1 }];
  return patterns.flatMap((pattern) => {
    if (pattern.digits.length !== from.length) return [];
    const [start, end] = [secondsOf(from, pattern.digits), secondsOf(to, pattern.digits)];
    if (start === undefined || end === undefined) return [];
    // A pattern without a date begins anew every day.
    const elapsed = end <= start && pattern.period !== Infinity ? end - start + pattern.period : end - start;
    return [{ elapsed, step: pattern.step }];
  });
}
