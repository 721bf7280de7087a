/** Digits grouped by commas, the same in every locale: scripts and specs read these numbers. */
export function grouped(value: number): string {
  const [whole = '', fraction] = String(value).split('.');
  const text = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? text : `${text}.${fraction}`;
}

/** `1 event`, `2 events`. */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${grouped(value)} ${value === 1 ? one : many}`;
}

const units = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** A size for people: three digits and a decimal unit. */
export function size(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? String(value) : significant(value)} ${units[unit] ?? ''}`;
}

/** About three significant digits. */
function significant(value: number): string {
  if (value >= 99.95) return value.toFixed(0);
  return value >= 9.995 ? value.toFixed(1) : value.toFixed(2);
}

/** A count for people, exact up to a hundred thousand: `17,796`, `6.85 M`. */
export function short(count: number): string {
  return count < 100_000 ? grouped(count) : count < 999_500 ? `${significant(count / 1e3)} k` : `${significant(count / 1e6)} M`;
}

/** How much of something is done: `40 %`. It is all of it only when it is. */
export function share(done: number, all: number): string {
  return `${all <= done ? 100 : Math.floor((100 * done) / all)} %`;
}

/** A place in a file. */
export function hex(value: number): string {
  return `0x${value.toString(16)}`;
}

/** A rate such as `3.1 M events/s`. */
export function rate(perSecond: number): string {
  if (perSecond >= 999_500) return `${significant(perSecond / 1e6)} M events/s`;
  if (perSecond >= 999.5) return `${significant(perSecond / 1e3)} k events/s`;
  return `${perSecond.toFixed(0)} events/s`;
}

/** An event by its number, with the section it stands in where a capture has several. */
export interface EventNumber {
  readonly num: number;
  readonly section?: number;
}

/** `14107`, or `2.14107` in the second section. */
export function eventText(num: number, section: number | undefined): string {
  return section === undefined ? String(num) : `${section}.${num}`;
}

/** The same for reading: `14,107`. */
export function eventWords({ num, section }: EventNumber): string {
  return section === undefined ? grouped(num) : `${section}.${grouped(num)}`;
}

/** Understands what `eventText` writes. */
export function parseEventNumber(text: string): EventNumber | undefined {
  const match = /^(?:([1-9]\d{0,8})\.)?(\d{1,15})$/.exec(text);
  if (match === null) return undefined;
  const num = Number(match[2]);
  return match[1] === undefined ? { num } : { num, section: Number(match[1]) };
}
