import { expect, it } from 'vitest';
import type { DamageReport } from '../../workers/protocol';
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
  { kind: 'remote-refused', host: 'captures.example', status: '404 Not Found' },
  { kind: 'remote-unreadable', host: 'captures.example' },
  { kind: 'remote-broken', host: 'captures.example', bytesRead: 20_000 },
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

it('calls parts of a capture by their names alone when these say what they are', () => {
  const of = (kind: DamageReport['kind'], block: string, field: string, found: string, expected = '', skipped = 0): string =>
    damageSentence({ kind, offset: 0x40, block, field, found, expected, skipped });
  expect(of('malformed', 'unknown block', 'block type', '0xee000216')).toBe('Damaged at 0x40, in the unknown block: block type is 0xee000216.');
  expect(of('malformed', 'zstd frame', 'checksum', '0x1', '0x2')).toBe('Damaged at 0x40, in the zstd frame: checksum is 0x1, expected 0x2.');
  expect(of('limit', 'process list', 'block length', '9', 'at most 8', 9)).toBe('Too large at 0x40, in the process list: block length is 9, expected at most 8. 9 B skipped.');
  expect(of('truncated', 'gzip member', 'block', 'end of file at byte 7')).toContain('inside the gzip member: end of file at byte 7.');
  expect(of('unsupported', 'section header', 'major version', '2', '1')).toBe('Written by a newer recorder at 0x40, in the section header: major version is 2, expected 1.');
  expect(of('unknown-block', 'unknown block', 'block type', '0x00000bad, 2 blocks', '', 36)).toBe('Unknown block at 0x40: block type is 0x00000bad, 2 blocks. 36 B skipped.');
});
