import { isValidElement, type ReactNode } from 'react';
import { expect, it } from 'vitest';
import { Marked } from './marked';

/** Marked parts in brackets. */
function drawn(text: string, find: string): string {
  const parts = Marked({ text, find });
  const list: readonly ReactNode[] = Array.isArray(parts) ? parts : [parts];
  return list
    .map((part) => {
      if (isValidElement<{ children: string }>(part)) return `[${part.props.children}]`;
      return typeof part === 'string' ? part : '';
    })
    .join('');
}

it.each([
  ['res=-32(EPIPE) data', 'epipe', 'res=-32([EPIPE]) data'],
  ['aXaXa', 'a', '[a]X[a]X[a]'],
  ['nothing here', 'else', 'nothing here'],
  ['a\nb', '\n', 'a[⟨U+000A⟩]b'],
  ['text', '', 'text'],
])('marks %j for %j', (text, find, expected) => {
  expect(drawn(text, find)).toBe(expected);
});
