import { describe, expect, it } from 'vitest';
import { parseGoTo, type GoToContext } from './go-to';

// 2024-05-01 23:59:58.5 UTC, five seconds long: over midnight.
const firstNs = BigInt(Date.UTC(2024, 4, 1, 23, 59, 58)) * 1_000_000n + 500_000_000n;
const context: GoToContext = { firstNs, durationNs: 5e9, zone: 'utc', sections: 1 };
const event = (num: number, section?: number) => ({ kind: 'event', event: section === undefined ? { num } : { num, section } });
const time = (ns: number) => ({ kind: 'time', ns });

describe('going somewhere', () => {
  it.each([
    ['14107', event(14107)],
    ['#14107', event(14107)],
    ['6,830,584', event(6_830_584)],
    ['#2.14107', event(14107, 2)],
    ['1.5', time(1.5e9)],
    ['0.000000001', time(1)],
    ['2s', time(2e9)],
    ['150 ms', time(150e6)],
    ['3.25us', time(3250)],
    ['23:59:59', time(0.5e9)],
    ['23:59:59.25', time(0.75e9)],
    ['00:00:01', time(2.5e9)],
    ['12:00', time(0)],
    ['2024-05-02 00:00:01.000000007', time(2.5e9 + 7)],
    ['2024-05-02T00:00:01Z', time(2.5e9)],
  ])('understands %s', (text, target) => {
    expect(parseGoTo(text, context)).toEqual(target);
  });

  it('takes a point between section and number where there are several sections, else for seconds', () => {
    const rolled = { ...context, sections: 3 };
    expect(parseGoTo('2.14107', rolled)).toEqual(event(14107, 2));
    expect(parseGoTo('2.14,107', rolled)).toEqual(event(14107, 2));
    expect(parseGoTo('4.5', rolled)).toEqual(time(4.5e9));
    expect(parseGoTo('2.5 s', rolled)).toEqual(time(2.5e9));
    expect(parseGoTo('14107', rolled)).toEqual(event(14107));
  });

  it.each(['', 'x', '25:00', '12:61', '1.5 h', '2024-13-01 00:00', '#', ','])('refuses %j', (text) => {
    expect(parseGoTo(text, context)).toBeUndefined();
  });
});
