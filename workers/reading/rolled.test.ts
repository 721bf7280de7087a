import { describe, expect, it } from 'vitest';
import { orderOf, planFiles, type FileHead } from './rolled';

const head = (name: string, seconds: number | undefined, host = 'web1'): FileHead => ({
  name,
  host,
  firstNs: seconds === undefined ? undefined : 1_700_000_000_000_000_000n + BigInt(seconds) * 1_000_000_000n,
});
const foreign = (name: string): FileHead => ({ name, host: undefined, firstNs: undefined });

describe('orderOf', () => {
  it('is the order of the first events, whatever the names say', () => {
    expect(orderOf([head('ring.scap0', 30), head('ring.scap1', 10), head('ring.scap2', 20)])).toEqual([1, 2, 0]);
  });

  it('falls back on the names, numbers read as numbers, where a file has no event', () => {
    expect(orderOf([head('ring.scap10', undefined), head('ring.scap9', undefined)])).toEqual([1, 0]);
  });

  it('tells times apart that are one double', () => {
    const first = { ...head('b.scap', 0), firstNs: 1_700_000_000_000_000_001n };
    const second = { ...head('a.scap', 0), firstNs: 1_700_000_000_000_000_002n };
    expect(orderOf([second, first])).toEqual([1, 0]);
  });
});

describe('planFiles', () => {
  it('joins the files of a ring and keeps others apart', () => {
    const heads = [head('a.scap.gz1', 20), head('other.scap', 5), head('a.scap.gz0', 10), foreign('photo.png')];
    expect(planFiles(heads)).toEqual([[2, 0], [1], [3]]);
  });

  it('joins files named by a time pattern', () => {
    expect(planFiles([head('web-20260801_1200.scap', 60), head('web-20260801_1100.scap', 0)])).toEqual([[1, 0]]);
  });

  it('does not join recordings of two hosts, nor two copies of one', () => {
    expect(planFiles([head('a.scap0', 0, 'web1'), head('a.scap1', 10, 'web2')])).toEqual([[0], [1]]);
    expect(planFiles([head('a.scap0', 0), head('a.scap1', 0)])).toEqual([[0], [1]]);
  });

  it('does not join two recordings whose names merely end in a digit', () => {
    expect(planFiles([head('run1.scap', 0), head('run2.scap', 10)])).toEqual([[0], [1]]);
  });
});
