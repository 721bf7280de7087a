import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import table from '../../wasm/goldens/spans.txt?raw';
import { hexDump } from './hex-dump';
import { counted, grouped, hex, rate, share, short, size } from './number';
import { dateTime, elapsedSeconds, micros, seconds, span, timeOfDay, timeText } from './time';
import { maxCellText, visible, visibleCell } from './visible';

describe('numbers', () => {
  it('are grouped by commas whatever the locale', () => {
    expect([0, 999, 1000, 17796, 6830584, 1234.5].map(grouped)).toEqual(['0', '999', '1,000', '17,796', '6,830,584', '1,234.5']);
    expect(counted(1, 'event')).toBe('1 event');
    expect(counted(2000, 'event')).toBe('2,000 events');
  });

  it('are shortened where nobody reads them to the end, and nothing is whole before it is', () => {
    expect([17_796, 99_999, 100_000, 999_499, 6_850_584].map(short)).toEqual(['17,796', '99,999', '100 k', '999 k', '6.85 M']);
    expect([share(0, 7), share(999, 1000), share(7, 7), share(0, 0)]).toEqual(['0 %', '99 %', '100 %', '100 %']);
  });

  it('are told as sizes and rates with three digits', () => {
    expect([0, 999, 1000, 102_782, 535_907_332, 1e12].map(size)).toEqual(['0 B', '999 B', '1.00 kB', '103 kB', '536 MB', '1.00 TB']);
    expect([12, 1500, 3_140_000].map(rate)).toEqual(['12 events/s', '1.50 k events/s', '3.14 M events/s']);
    expect(hex(8012)).toBe('0x1f4c');
  });
});

describe('times', () => {
  const first = 1_793_307_555_981_627_226n;

  it('are printed as sysdig prints them', () => {
    expect(timeOfDay(first, 'utc')).toMatch(/^\d{2}:\d{2}:\d{2}\.981627226$/);
    expect(seconds(6_554_983_123)).toBe('6.554983123');
    expect(seconds(-84_800)).toBe('-0.000084800');
    expect(dateTime(0n, 'utc')).toBe('1970-01-01 00:00:00 UTC');
  });

  it('lose no nanosecond of an absolute time', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 4_000_000_000_000_000_000n }), (ns) =>
        timeOfDay(ns, 'utc').endsWith(String(ns % 1_000_000_000n).padStart(9, '0')),
      ),
    );
  });

  it('count from the row above, or from the selected one', () => {
    const context = { firstNs: first, sinceNs: 5000 };
    expect(timeText(7000, 5000, { ...context, mode: 'delta' })).toBe('0.000002000');
    expect(timeText(7000, undefined, { ...context, mode: 'delta' })).toBe('0.000000000');
    expect(timeText(7000, 0, { ...context, mode: 'since' })).toBe('+0.000002000');
    expect(timeText(5000, 0, { ...context, mode: 'since' })).toBe('0.000000000');
    expect(timeText(4000, 0, { ...context, mode: 'since' })).toBe('-0.000001000');
  });

  it('are told as spans in the unit that fits', () => {
    const expected = table.split('\n').flatMap((line) => {
      const [ns, text] = line.split('\t');
      return text === undefined ? [] : [[Number(ns), text] as const];
    });
    expect(expected.length).toBeGreaterThan(20);
    for (const [ns, text] of expected) {
      expect(span(ns), String(ns)).toBe(text);
      expect(span(-ns), String(-ns)).toBe(ns === 0 ? text : `−${text}`);
    }
    expect([6250, 150, 149].map(micros)).toEqual(['6.3', '0.2', '0.1']);
    expect(micros(4_696_123)).toBe('4,696.1');
    expect(elapsedSeconds(62)).toBe('0.06');
    expect(elapsedSeconds(12_340)).toBe('12.3');
  });
});

describe('captured text', () => {
  it('shows what would hide or reorder', () => {
    expect(visible('a\u202eb\u0007\nc\u200b\ufeff')).toBe('a⟨U+202E⟩b⟨U+0007⟩⟨U+000A⟩c⟨U+200B⟩⟨U+FEFF⟩');
    expect(visible('\ud800x')).toBe('⟨U+D800⟩x');
    expect(visible('plain ünïcode 漢字 😀')).toBe('plain ünïcode 漢字 😀');
  });

  it('never keeps a control or format character', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(visible(text))));
  });

  it('is cut in cells where no eye would follow', () => {
    expect(visibleCell('x'.repeat(65_536))).toHaveLength(maxCellText + 1);
  });
});

describe('a hex dump', () => {
  it('has offset, bytes and text in columns', () => {
    const bytes = Uint8Array.from([1, 4, 0, 0x5d, 0x48, 0x54, 0x54, 0x50, 0x5f, 0x43]);
    expect(hexDump(bytes, 8)).toEqual([
      { offset: '0000', hex: '01 04 00 5d 48 54 54 50', text: '...]HTTP' },
      { offset: '0008', hex: '5f 43                  ', text: '_C' },
    ]);
  });

  it('lines up whatever the length', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 300 }), fc.constantFrom(8, 16), (bytes, width) => {
        const lines = hexDump(bytes, width);
        expect(new Set(lines.map((line) => line.hex.length)).size).toBe(1);
        expect(lines.map((line) => line.text).join('')).toHaveLength(bytes.length);
      }),
    );
  });
});
