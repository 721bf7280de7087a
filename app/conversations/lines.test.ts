import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Finding } from '../../workers/protocol';
import { indexOfCall, lineAt, type Inlet } from './lines';

const finding = {} as Finding;
const inlets = fc
  .array(fc.nat(40), { maxLength: 12 })
  .map((places): readonly Inlet[] => places.sort((a, b) => a - b).map((after) => ({ after, finding })));

it('a finding stands behind its call, and two of one call behind each other', () => {
  const put = [1, 1, 3].map((after): Inlet => ({ after, finding }));
  const drawn = Array.from({ length: 8 }, (_, index) => {
    const line = lineAt(index, put);
    return 'call' in line ? String(line.call) : '!';
  });
  expect(drawn.join(' ')).toBe('0 1 ! ! 2 3 ! 4');
});

it('every call has one line, and is found there', () => {
  fc.assert(
    fc.property(inlets, fc.nat(60), (put, call) => {
      const line = lineAt(indexOfCall(call, put), put);
      expect(line).toEqual({ call });
    }),
  );
});
