import { describe, expect, it } from 'vitest';
import type { EventRow, FileSpan, RelNs } from '../protocol';
import { gapsBetween, orderOf, overlaps, planFiles, type FileHead } from './rolled';

const threads = (...ids: number[]): ReadonlySet<number> => new Set(ids);
const at = (seconds: number): bigint => 1_700_000_000_000_000_000n + BigInt(Math.round(seconds * 1e3)) * 1_000_000n;

const head = (name: string, seconds: number | undefined, more: Partial<FileHead> = {}): FileHead => ({
  name,
  host: 'web1',
  bootNs: 0n,
  firstNs: seconds === undefined ? undefined : at(seconds),
  threads: threads(1, 2, 3, 4),
  ...more,
});
const foreign = (name: string): FileHead => head(name, undefined, { host: undefined, threads: threads() });

describe('orderOf', () => {
  it('is the order of the first events, whatever the names say', () => {
    expect(orderOf([head('ring.scap0', 30), head('ring.scap1', 10), head('ring.scap2', 20)])).toEqual([1, 2, 0]);
  });

  it('falls back on the names, numbers read as numbers, where a file has no event', () => {
    expect(orderOf([head('ring.scap10', undefined), head('ring.scap9', undefined)])).toEqual([1, 0]);
  });

  it('tells times apart that are one double', () => {
    const first = { ...head('b.scap', 0), firstNs: at(0) + 1n };
    const second = { ...head('a.scap', 0), firstNs: at(0) + 2n };
    expect(orderOf([second, first])).toEqual([1, 0]);
  });
});

describe('planFiles', () => {
  it('joins the files of a sequence and keeps others apart', () => {
    const heads = [head('a.scap.gz1', 20), head('other.scap', 5), head('a.scap.gz0', 10), foreign('photo.png')];
    expect(planFiles(heads)).toEqual([[2, 0], [1], [3]]);
  });

  it('joins a ring that has come round, and one of which files are missing', () => {
    const ring = [head('r.scap00', 30), head('r.scap01', 40), head('r.scap02', 10), head('r.scap03', 20)];
    expect(planFiles(ring)).toEqual([[2, 3, 0, 1]]);
    expect(planFiles([head('r.scap0', 0), head('r.scap3', 30)])).toEqual([[0, 1]]);
  });

  it('does not join counters that jump to and fro in time', () => {
    const heads = [head('r.scap0', 0), head('r.scap1', 20), head('r.scap2', 10), head('r.scap3', 30)];
    expect(planFiles(heads)).not.toContainEqual([0, 2, 1, 3]);
  });

  it.each([
    ['web-20260801_1100.scap', 'web-20260801_1200.scap', 3600],
    ['web-20260801_2330.scap.gz', 'web-20260802_0030.scap.gz', 3600],
    ['web01-235959.scap', 'web01-000009.scap', 10],
    ['1785542400.scap', '1785542460.scap', 61],
    ['20260801.scap', '20260802.scap', 86_400],
  ])('joins %s and %s, whose names tell the time between them', (before, behind, seconds) => {
    expect(planFiles([head(behind, seconds), head(before, 0)])).toEqual([[1, 0]]);
  });

  it.each([
    ['web-20260801_1100.scap', 'web-20260801_1200.scap', 1],
    ['snap-s4096.scap', 'snap-s6500.scap', 30],
    ['snap-s80.scap', 'snap-s4096.scap', 30],
    ['run-10.scap', 'run-20.scap', 10],
    ['run1.scap', 'run2.scap', 10],
    ['a-0930.scap', 'b-0940.scap', 600],
  ])('does not join %s and %s, recorded %i s apart', (before, behind, seconds) => {
    expect(planFiles([head(before, 0), head(behind, seconds)])).toEqual([[0], [1]]);
  });

  it('does not join recordings of two hosts, of two boots, of two sets of processes, nor two copies of one', () => {
    const first = head('a.scap0', 0, { bootNs: 7n });
    expect(planFiles([first, head('a.scap1', 10, { bootNs: 7n, host: 'web2' })])).toEqual([[0], [1]]);
    expect(planFiles([first, head('a.scap1', 10, { bootNs: 8n })])).toEqual([[0], [1]]);
    expect(planFiles([first, head('a.scap1', 10, { bootNs: 7n, threads: threads(1, 12, 13, 14) })])).toEqual([[0], [1]]);
    expect(planFiles([first, head('a.scap1', 0, { bootNs: 7n })])).toEqual([[0], [1]]);
    expect(planFiles([first, head('a.scap1', 10, { bootNs: 7n, threads: threads(1, 2, 13, 14, 15) })])).toEqual([[0, 1]]);
  });

  it('tells a file that was recorded while the one before it still was', () => {
    expect(overlaps(at(20), head('a.scap1', 19.5))).toBe(true);
    // What several CPUs buffered is merged only roughly.
    expect(overlaps(at(20), head('a.scap1', 19.995))).toBe(false);
    expect(overlaps(at(20), head('a.scap1', undefined))).toBe(false);
  });
});

const span = (name: string, start: number, end: number, silence = 0.01): FileSpan => ({
  name,
  row: 0 as EventRow,
  startNs: Math.round(start * 1e9) as RelNs,
  endNs: Math.round(end * 1e9) as RelNs,
  silenceNs: Math.round(silence * 1e9),
});

describe('gapsBetween', () => {
  it('has nothing to tell where one file goes on from the other', () => {
    expect(gapsBetween([span('r.scap2', 0, 10), span('r.scap3', 10.001, 20), span('r.scap0', 20.05, 30)])).toEqual([]);
  });

  it('tells how many files the counters leave out, and the time between them', () => {
    const gaps = gapsBetween([span('r.scap0', 0, 10), span('r.scap3', 30, 40), span('r.scap4', 40, 41)]);
    expect(gaps).toEqual([{ before: 'r.scap0', behind: 'r.scap3', row: 0, ns: 20e9, missing: 2 }]);
  });

  it('counts on over the end of a ring', () => {
    expect(gapsBetween([span('r.scap2', 0, 10), span('r.scap3', 10, 20), span('r.scap1', 30, 40)])).toMatchObject([
      { before: 'r.scap3', behind: 'r.scap1', missing: 1 },
    ]);
  });

  it('tells of a silence that is much longer than any within the files, and of no other', () => {
    expect(gapsBetween([span('r.scap0', 0, 10), span('r.scap1', 12, 20)])).toMatchObject([{ ns: 2e9, missing: 0 }]);
    expect(gapsBetween([span('r.scap0', 0, 10, 1), span('r.scap1', 12, 20)])).toEqual([]);
    expect(gapsBetween([span('r.scap0', 0, 10, 0.001), span('r.scap1', 10.05, 20, 0.001)])).toEqual([]);
  });

  it('does not take times in names for counters', () => {
    expect(gapsBetween([span('w-1100', 0, 3600), span('w-1200', 3600, 7200)])).toEqual([]);
  });

  it('knows a file without events as there', () => {
    const empty: FileSpan = { name: 'r.scap1', row: 0 as EventRow, silenceNs: 0 };
    expect(gapsBetween([span('r.scap0', 0, 10), empty, span('r.scap2', 10.01, 20)])).toEqual([]);
    expect(gapsBetween([span('r.scap0', 0, 10), empty, span('r.scap3', 10.01, 20)])).toMatchObject([{ missing: 1 }]);
  });
});
