/** Checks made of what is shown: one field, an operator, and a value in the quoting that every sysdig understands. */

import type { EventRow } from '../../workers/protocol';

/** What something shown can be asked for by. */
export interface Term {
  readonly field: string;
  /** As the engine prints it; undefined: the event has no such value. */
  readonly value: string | undefined;
  /** Where it was shown. */
  readonly row?: EventRow;
  /** The value as a filter writes it, where the page's text has lost bytes of it. */
  readonly literal?: string;
  /** Numbers that one rather asks a range for than a value. */
  readonly isAmount?: boolean;
}

const keywords = new Set([
  'and', 'or', 'not', 'in', 'intersects', 'pmatch', 'exists', 'contains', 'icontains', 'bcontains', 'startswith', 'bstartswith',
  'endswith', 'glob', 'iglob', 'regex', 'oneof', 'anyof', 'allof', 'val',
]);

const hidden = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

const bytesOf = (letter: string): string =>
  [...new TextEncoder().encode(letter)].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('');

/** Characters that nobody sees, as their bytes: within quotes they say the same. */
export const withoutHidden = (text: string): string => text.replace(hidden, bytesOf);

/**
 * A value as the filter language writes it. The releases of sysdig agree on few escapes: a backslash before a backslash,
 * and bytes in hexadecimal; neither agrees on how a quote stands in quotes.
 */
export function quoted(value: string): string {
  if (/^[\w./:@-]+$/.test(value) && !keywords.has(value)) return value;
  const inside = withoutHidden(value.replaceAll('\\', '\\\\').replace(/["']/g, bytesOf));
  return `"${inside}"`;
}

export type Relation = '=' | '!=' | '>=' | '<=';

/** What a filter asks for. */
export function check({ field, value, literal }: Term, relation: Relation): string {
  if (value === undefined) return relation === '=' ? `not ${field} exists` : `${field} exists`;
  return `${field} ${relation} ${literal ?? quoted(value)}`;
}

/** Bytes that are no text were lost on the way to the page: the engine has to say what they are. */
export function isInexact({ value, literal }: Term): boolean {
  return literal === undefined && value?.includes('\ufffd') === true;
}

/** Both must hold. */
export function both(filter: string, and: string): string {
  if (filter === '') return and;
  return `${/\bor\b/i.test(filter) ? `(${filter})` : filter} and ${and}`;
}

/** One of them must hold. */
export function either(filter: string, or: string): string {
  if (filter === '') return or;
  return `${/\band\b/i.test(filter) ? `(${filter})` : filter} or ${or}`;
}

/** A word of a shell's command line, whatever is in it: a name in a capture may be made to do harm where it is pasted. */
export function shellWord(word: string): string {
  if (/^[\w./:=@%+-]+$/.test(word)) return word;
  if (word.search(hidden) < 0) return `'${word.replaceAll("'", `'\\''`)}'`;
  return `$'${word.replace(/[\\']/g, '\\$&').replace(hidden, bytesOf)}'`;
}

/**
 * The lines that ask sysdig the same, one for each file. `filter` is in the printed form that the engine gives; `format`
 * is what `-p` takes, '' for the usual line.
 */
export function sysdigCommand(files: readonly string[], filter: string, format = ''): string {
  const shown = format === '' ? '' : ` -p ${shellWord(format)}`;
  const asked = filter === '' ? '' : ` -d ${shellWord(filter)}`;
  return files.map((file) => `sysdig -r ${shellWord(file.startsWith('-') ? `./${file}` : file)}${shown}${asked}`).join('\n');
}
