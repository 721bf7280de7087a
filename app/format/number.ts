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
