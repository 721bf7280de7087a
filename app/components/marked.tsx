import type { ReactNode } from 'react';
import { visibleCell } from '../format/visible';

const mostMarks = 50;

/** Captured text of a cell: plain where nothing is searched for, which costs a list least. */
export function marked(text: string, find: string): ReactNode {
  return find === '' ? visibleCell(text) : <Marked text={text} find={find} />;
}

/** Captured text, hidden characters made visible, with what is searched for marked. */
export function Marked({ text, find }: { readonly text: string; readonly find: string }): ReactNode {
  const shown = visibleCell(text);
  const wanted = visibleCell(find).toLowerCase();
  if (wanted === '') return shown;
  const lower = shown.toLowerCase();
  // Lower case may be longer than the text in some scripts: then places would not fit.
  if (lower.length !== shown.length) return shown;
  const parts: ReactNode[] = [];
  let from = 0;
  for (let at = lower.indexOf(wanted); at >= 0 && parts.length < mostMarks; at = lower.indexOf(wanted, from)) {
    if (at > from) parts.push(shown.slice(from, at));
    parts.push(<mark key={at}>{shown.slice(at, at + wanted.length)}</mark>);
    from = at + wanted.length;
  }
  if (parts.length === 0) return shown;
  parts.push(shown.slice(from));
  return parts;
}
