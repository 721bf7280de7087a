/** Everything the page says when something cannot be done: one plain sentence per kind, and what still works. */
import type { CaptureError, DamageReport, FilterMistake, Gap } from '../../workers/protocol';
import { assertNever } from '../base/assert';
import { counted, grouped, hex, size } from '../format/number';
import { span } from '../format/time';
import { visible } from '../format/visible';

/** What the page itself finds wrong, beside what the engine reports. */
export type Problem =
  | CaptureError
  | { readonly kind: 'directory'; readonly name: string }
  | { readonly kind: 'wrong-capture'; readonly name: string; readonly fingerprint: string; readonly wantedName: string; readonly wanted: string }
  | { readonly kind: 'sample-missing'; readonly name: string; readonly reason: string }
  | { readonly kind: 'remote-refused'; readonly host: string; readonly status: string }
  | { readonly kind: 'remote-unreadable'; readonly host: string }
  | { readonly kind: 'remote-broken'; readonly host: string; readonly bytesRead: number }
  | { readonly kind: 'gone'; readonly name: string }
  | { readonly kind: 'not-allowed'; readonly name: string }
  | { readonly kind: 'link-fields'; readonly keys: readonly string[] }
  | { readonly kind: 'link-newer' }
  /** `mistake` is a sentence. */
  | { readonly kind: 'filter-refused'; readonly mistake: string }
  | { readonly kind: 'no-such-event'; readonly what: string }
  | { readonly kind: 'not-copied'; readonly reason: string }
  | { readonly kind: 'tabs-lost'; readonly names: readonly string[] }
  | { readonly kind: 'apart'; readonly names: readonly string[]; readonly from: string };

/** A fingerprint as people compare it. */
export function shortFingerprint(fingerprint: string): string {
  return fingerprint.slice(0, 8);
}

function named(name: string): string {
  return name === '' ? 'The file' : `“${visible(name)}”`;
}

/** `a PNG image`, `an ELF program`, `text`: the kinds of files are the engine's words. */
function withArticle(kind: string): string {
  if (/^(text|video|.* (audio|media))$/.test(kind)) return kind;
  return /^([aeiou]|ELF|xz)/i.test(kind) ? `an ${kind}` : `a ${kind}`;
}

/** One sentence per kind. */
export function sentence(problem: Problem): string {
  switch (problem.kind) {
    case 'not-a-capture':
      return problem.looksLike === ''
        ? `${named(problem.name)} is not a sysdig capture: it does not begin like one.`
        : `${named(problem.name)} is not a sysdig capture: it looks like ${withArticle(visible(problem.looksLike))}.`;
    case 'empty':
      return `${named(problem.name)} is empty: it has no bytes, so there is nothing to show.`;
    case 'no-events':
      return `${named(problem.name)} is a capture without events: the recording was ended or cut before the first one.`;
    case 'unreadable':
      return `${named(problem.name)} cannot be read: ${visible(problem.reason)}.`;
    case 'changed':
      return `${named(problem.name)} was changed or removed after it was opened: rows already indexed stay, details and bytes cannot be read any more.`;
    case 'cancelled':
      return 'Indexing was stopped: what was read before is shown.';
    case 'limit':
      return `Reading stopped at the limit for ${visible(problem.what)} (${limitText(problem.limit)}): what was indexed before is shown and works.`;
    case 'too-many-to-sort':
      return `${grouped(problem.rows)} rows are too many to sort in the memory that is left: narrow the list with a filter first.`;
    case 'bug':
      return problem.offset === undefined
        ? 'The engine stopped because of a fault of ours: the capture is untouched and can be reopened.'
        : `The engine stopped because of a fault of ours at ${hex(problem.offset)} of the decompressed capture: reopen skips that block.`;
    case 'directory':
      return `${named(problem.name)} is a folder: drop the capture files that are in it.`;
    case 'wrong-capture':
      return `${named(problem.name)} is another capture (${shortFingerprint(problem.fingerprint)}): the link is about ${named(problem.wantedName)} (${shortFingerprint(problem.wanted)}).`;
    case 'sample-missing':
      return `The sample ${named(problem.name)} cannot be fetched: ${visible(problem.reason)}.`;
    case 'remote-refused':
      return `The host ${visible(problem.host)} does not give the capture: it answers ${visible(problem.status)}.`;
    case 'remote-unreadable':
      return `The host ${visible(problem.host)} cannot be read from here: it is not reachable, or does not let other pages read the capture (CORS).`;
    case 'remote-broken':
      return `The connection to ${visible(problem.host)} ended after ${size(problem.bytesRead)}: nothing of the capture was opened.`;
    case 'gone':
      return `${named(problem.name)} is not where it was: it was moved, renamed or deleted.`;
    case 'not-allowed':
      return `The browser was not allowed to read ${named(problem.name)} again: open it once more by hand.`;
    case 'link-fields':
      return `Part of the link was not understood and is left out: ${problem.keys.map(visible).join(', ')}.`;
    case 'link-newer':
      return 'The link was made by a later release of Scapscope: some of it may be missing.';
    case 'filter-refused':
      return `The filter of the link is not applied: ${visible(problem.mistake)}`;
    case 'no-such-event':
      return `This list has no ${visible(problem.what)}.`;
    case 'not-copied':
      return `No text was copied: ${visible(problem.reason)}.`;
    case 'tabs-lost':
      return `${problem.names.map(named).join(', ')} ${problem.names.length === 1 ? 'was' : 'were'} open too and cannot be opened without you: choose under Recent on the start page, or drop the file again.`;
    case 'apart':
      return `${problem.names.map(named).join(', ')} was recorded at the same time as ${named(problem.from)}, not after it: it is open as a capture of its own.`;
    default:
      return assertNever(problem);
  }
}

function limitText(limit: number): string {
  return limit >= 1e6 ? size(limit) : grouped(limit);
}

/** What is wrong with a filter, and what was likely meant. */
export function mistakeSentence({ message, suggestion }: FilterMistake): string {
  return visible(suggestion === null ? `${message}.` : `${message}: did you mean ${suggestion}?`);
}

/** What a bug report needs besides the sentence; never bytes of the capture. */
export function details(problem: Problem): string {
  return JSON.stringify(problem, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
}

/** What is missing between two files. */
export function gapSentence({ before, behind, ns, missing }: Gap): string {
  const time = `${span(ns)} without events between ${named(before)} and ${named(behind)}`;
  if (missing === 0) return `${time}, far longer than any pause within them: events may be missing.`;
  return `${time}: ${counted(missing, 'file')} of the recording ${missing === 1 ? 'is' : 'are'} not here.`;
}

/** One damage of the file: what, where, and what was skipped. */
export function damageSentence(damage: DamageReport): string {
  const place = `at ${hex(damage.offset)}`;
  const isNoun = / (?:block|frame|header|list|member)$/.test(damage.block);
  const block = damage.block === '' ? 'a block' : `the ${visible(damage.block)}${isNoun ? '' : ' block'}`;
  const skipped = damage.skipped > 0 ? ` ${size(damage.skipped)} skipped.` : '';
  // Of a block that is cut, all that is found is how much of it there is.
  const field = damage.kind === 'truncated' ? '' : `${visible(damage.field)} is `;
  const found = damage.found === '' ? '' : `: ${field}${visible(damage.found)}`;
  const expected = damage.expected === '' ? '' : `, expected ${visible(damage.expected)}`;
  switch (damage.kind) {
    case 'truncated':
      return `The capture ends early ${place}, inside ${block}${found}${expected}. Everything before is shown.${skipped}`;
    case 'malformed':
      return `Damaged ${place}, in ${block}${found}${expected}.${skipped}`;
    case 'unsupported':
      return `Written by a newer recorder ${place}, in ${block}${found}${expected}.${skipped}`;
    case 'limit':
      return `Too large ${place}, in ${block}${found}${expected}.${skipped}`;
    case 'not-a-capture':
      return `Not a capture ${place}${found}${expected}.${skipped}`;
    case 'unknown-block':
      return `Unknown block ${place}${found}${expected}.${skipped}`;
    default:
      return assertNever(damage.kind);
  }
}
