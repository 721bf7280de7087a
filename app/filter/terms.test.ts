import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { both, check, either, isInexact, quoted, shellWord, sysdigCommand } from './terms';

/** Takes a quoted value apart by the rules that all releases of sysdig share. */
function unquoted(text: string): string {
  if (!text.startsWith('"')) return text;
  const bytes: number[] = [];
  const inner = new TextEncoder().encode(text.slice(1, -1));
  for (let at = 0; at < inner.length; at += 1) {
    const byte = inner[at] ?? 0;
    if (byte !== 0x5c) bytes.push(byte);
    else if (inner[at + 1] === 0x5c) {
      bytes.push(0x5c);
      at += 1;
    } else {
      bytes.push(Number.parseInt(String.fromCharCode(inner[at + 2] ?? 0, inner[at + 3] ?? 0), 16));
      at += 3;
    }
  }
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(new Uint8Array(bytes));
}

const text = fc.string({ unit: 'binary', maxLength: 40 }).filter((one) => one.isWellFormed());

describe('checks of what is shown', () => {
  it('are written bare where that is safe, else in quotes', () => {
    expect(['uwsgi', '/tmp/x.s', '127.0.0.1:8125', '-32'].map(quoted)).toEqual(['uwsgi', '/tmp/x.s', '127.0.0.1:8125', '-32']);
    expect(['', 'a b', 'in', 'a"b', "a'b", 'a\\b', '<', 'a,b', 'a\nb', '\u202egro'].map(quoted)).toEqual([
      '""', '"a b"', '"in"', '"a\\x22b"', '"a\\x27b"', '"a\\\\b"', '"<"', '"a,b"', '"a\\x0ab"', '"\\xe2\\x80\\xaegro"',
    ]);
  });

  it('say the value again, whatever it is, on one line without hidden characters', () => {
    fc.assert(
      fc.property(text, (value) => {
        const written = quoted(value);
        expect(unquoted(written)).toBe(value);
        expect(written).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
        expect(written.slice(1, -1)).not.toMatch(/["']/);
      }),
    );
  });

  it('ask whether there is a value where there is none, and for the bytes where text was lost', () => {
    const none = { field: 'proc.name', value: undefined };
    expect([check(none, '='), check(none, '!=')]).toEqual(['not proc.name exists', 'proc.name exists']);
    const lost = { field: 'fd.name', value: 'a\ufffdb' };
    expect([isInexact(none), isInexact(lost), isInexact({ ...lost, value: 'ab' })]).toEqual([false, true, false]);
    const known = { ...lost, literal: '"a\\xffb"' };
    expect([isInexact(known), check(known, '!=')]).toEqual([false, 'fd.name != "a\\xffb"']);
  });

  it('are joined so that the filter before keeps its meaning', () => {
    expect(both('', 'x = 1')).toBe('x = 1');
    expect(both('a = 1 and b = 2', 'x = 1')).toBe('a = 1 and b = 2 and x = 1');
    expect(both('a = 1 or b = 2', 'x = 1')).toBe('(a = 1 or b = 2) and x = 1');
    expect(either('a = 1 and b = 2', 'x = 1')).toBe('(a = 1 and b = 2) or x = 1');
  });
});

describe('the command for sysdig', () => {
  it('is one that a shell takes apart into the same words, and holds no sign that a terminal obeys', () => {
    fc.assert(
      fc.property(fc.array(text.filter((word) => !word.includes('\0')), { minLength: 1, maxLength: 4 }), (words) => {
        const line = words.map(shellWord).join(' ');
        expect(line).not.toMatch(/\p{Cc}/u);
        const said = execFileSync('bash', ['-c', `printf '%s\\0' ${line}`]);
        expect(said.toString().split('\0').slice(0, -1)).toEqual(words);
      }),
      { numRuns: 30 },
    );
  });

  it('names each file, the fields and the filter', () => {
    expect(sysdigCommand(['a b.scap', '-x.scap1'], 'proc.name = uwsgi', '%evt.num %proc.name')).toBe(
      "sysdig -r 'a b.scap' -p '%evt.num %proc.name' -d 'proc.name = uwsgi'\n" +
        "sysdig -r ./-x.scap1 -p '%evt.num %proc.name' -d 'proc.name = uwsgi'",
    );
    expect(sysdigCommand(['a.scap'], '')).toBe('sysdig -r a.scap');
  });
});
