import { expect, it } from 'vitest';
import { damageSentence, sentence, type Problem } from './messages';

const problems: readonly Problem[] = [
  { kind: 'not-a-capture', name: 'a.png', looksLike: 'PNG image' },
  { kind: 'not-a-capture', name: 'a', looksLike: '' },
  { kind: 'empty', name: 'a' },
  { kind: 'no-events', name: 'a' },
  { kind: 'unreadable', name: 'a', reason: 'it is locked' },
  { kind: 'changed', name: 'a' },
  { kind: 'cancelled' },
  { kind: 'limit', what: 'memory', limit: 3_758_096_384 },
  { kind: 'bug', message: 'unreachable', offset: 0x1f4c },
  { kind: 'bug', message: 'unreachable' },
  { kind: 'directory', name: 'a' },
  { kind: 'wrong-capture', name: 'b', fingerprint: '0123456789abcdef', wantedName: 'a', wanted: 'fedcba9876543210' },
  { kind: 'gone', name: 'a' },
  { kind: 'not-allowed', name: 'a' },
  { kind: 'link-fields', keys: ['top', 'time'] },
  { kind: 'link-newer' },
  { kind: 'no-such-event', what: 'event 7' },
];

it.each(problems)('says $kind in one sentence, without blame or exclamation', (problem) => {
  const text = sentence(problem);
  expect(text).toMatch(/^[“A-Z].*\.$/u);
  expect(text).not.toMatch(/!|oops|sorry|undefined|NaN/i);
  expect(text.length).toBeLessThan(240);
});

it.each([
  ['PNG image', 'a PNG image'],
  ['ELF program', 'an ELF program'],
  ['xz archive', 'an xz archive'],
  ['text', 'text'],
  ['MP3 audio', 'MP3 audio'],
])('names %s with the right article', (looksLike, text) => {
  expect(sentence({ kind: 'not-a-capture', name: 'a', looksLike })).toBe(`“a” is not a sysdig capture: it looks like ${text}.`);
});

it('shows hostile names for what they are', () => {
  expect(sentence({ kind: 'empty', name: 'a\u202eb\n' })).toContain('“a⟨U+202E⟩b⟨U+000A⟩”');
});

it('tells both fingerprints in short', () => {
  const text = sentence({ kind: 'wrong-capture', name: 'b', fingerprint: '0123456789abcdef', wantedName: 'a', wanted: 'fedcba9876543210' });
  expect(text).toContain('(01234567)');
  expect(text).toContain('(fedcba98)');
});

it('tells where a file is damaged, what stands there, what was expected and what was skipped', () => {
  const text = damageSentence({ kind: 'malformed', offset: 0x1f4c, block: 'event', field: 'length', found: '3', expected: '32', skipped: 1500 });
  expect(text).toBe('Damaged at 0x1f4c, in the event block: length is 3, expected 32. 1.50 kB skipped.');
});
