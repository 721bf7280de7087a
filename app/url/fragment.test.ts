import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ConversationName, EventRow } from '../../workers/protocol';
import { columnIds } from '../state/columns';
import type { ColumnLayout, EventName, Unit } from '../state/model';
import { fields, isWritableFilter, type Link } from './fields';
import { formatFragment, parseFragment } from './fragment';

const nothing = parseFragment('').link;

const eventName: fc.Arbitrary<EventName> = fc.oneof(
  fc.record({ num: fc.nat() }),
  fc.record({ num: fc.nat(), section: fc.integer({ min: 1, max: 999_999_999 }) }),
  fc.nat().map((row) => ({ row: row as EventRow })),
);

const fieldColumns = ['fd.name', 'proc.aname[2]'];

const layout = (unit: Unit): fc.Arbitrary<ColumnLayout> =>
  fc.record({
    order: fc.shuffledSubarray([...columnIds[unit], ...fieldColumns], { minLength: columnIds[unit].length + fieldColumns.length }),
    hidden: fc.subarray([...columnIds[unit]]),
    widths: fc.dictionary(fc.constantFrom(...columnIds[unit], ...fieldColumns), fc.integer({ min: 32, max: 4000 })),
  });

const optional = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined });

/** A key that ends like a life is read as one: kernels make no such names. */
const conversation: fc.Arbitrary<ConversationName> = fc
  .record(
    {
      key: fc
        .tuple(fc.constantFrom('unix', 'tcp', 'unixdgram'), fc.string({ minLength: 1, maxLength: 60, unit: 'binary' }))
        .filter(([, rest]) => rest.isWellFormed() && !/~\d+$/.test(rest))
        .map(([family, rest]) => `${family}:${rest}`),
      life: fc.integer({ min: 1, max: 99_999 }),
    },
    { requiredKeys: ['key'] },
  );

const links: fc.Arbitrary<Link> = fc.record({
  capture: optional(fc.stringMatching(/^[0-9a-f]{32}$/)),
  name: fc.string({ maxLength: 200, unit: 'grapheme' }),
  src: optional(fc.oneof(fc.stringMatching(/^samples\/[a-z][a-z0-9.-]{0,40}$/), fc.webUrl({ validSchemes: ['https'] }).map((url) => new URL(url).href))),
  view: fc.constantFrom('events', 'conversations', 'findings'),
  conversation: optional(conversation),
  protocol: fc.constantFrom('', 'fastcgi', 'http', 'statsd'),
  against: optional(fc.record({ fingerprint: fc.stringMatching(/^[0-9a-f]{32}$/), name: conversation })),
  order: fc.record({ sort: fc.constantFrom('start', 'calls', 'there', 'refused', 'family'), descending: fc.boolean() }),
  group: fc.constantFrom('', 'path', 'processes'),
  bytesAs: fc.constantFrom('decoded', 'ascii', 'hex', 'raw'),
  unit: fc.constantFrom('calls', 'events'),
  follow: optional(eventName),
  filter: fc.string({ maxLength: 200, unit: 'grapheme' }).map((text) => text.trim()).filter(isWritableFilter),
  by: optional(fc.record({ by: fc.constantFrom('row', 'latency', 'process', 'fdName'), descending: fc.boolean() })),
  selected: optional(eventName),
  mark: optional(eventName),
  top: optional(eventName),
  time: fc.constantFrom('local', 'utc', 'relative', 'delta', 'since'),
  callColumns: optional(layout('calls')),
  eventColumns: optional(layout('events')),
  pane: fc.constantFrom('call', 'bytes', 'state'),
  find: fc.string({ maxLength: 200, unit: 'binary' }).filter((text) => text.isWellFormed()),
});

/** Hidden columns are a set: their order is that of the columns. */
const canonical = (link: Link): Link => {
  const sorted = (one: ColumnLayout | undefined): ColumnLayout | undefined =>
    one === undefined ? one : { ...one, hidden: one.order.filter((id) => one.hidden.includes(id)) };
  return { ...link, callColumns: sorted(link.callColumns), eventColumns: sorted(link.eventColumns) };
};

describe('the fragment of the address', () => {
  it('brings back every link that it wrote', () => {
    fc.assert(
      fc.property(links, (link) => {
        const parsed = parseFragment(formatFragment(link));
        expect(parsed.rejected).toEqual([]);
        expect(canonical(parsed.link)).toEqual(canonical(link));
      }),
    );
  });

  it('makes a link of any text, and of its own output the same again', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (hash) => {
        const { link } = parseFragment(hash);
        expect(canonical(parseFragment(formatFragment(link)).link)).toEqual(canonical(link));
      }),
    );
  });

  it('lets each damaged field fall back alone and names it', () => {
    fc.assert(
      fc.property(links, fc.constantFrom(...Object.values(fields).map(({ key }) => key)), (link, key) => {
        const nonsense = key === 'name' || key === 'find' ? 'x'.repeat(5000) : '\u0000?';
        const params = new URLSearchParams(formatFragment(link).replace(/^#/, ''));
        params.set(key, nonsense);
        const { link: parsed, rejected } = parseFragment(`#${params.toString()}`);
        expect(rejected).toEqual([key]);
        const name = (Object.keys(fields) as (keyof Link)[]).find((one) => fields[one].key === key)!;
        expect(canonical(parsed)).toEqual(canonical({ ...link, [name]: fields[name].fallback }));
      }),
    );
  });

  it('says nothing when there is nothing to say', () => {
    expect(formatFragment(nothing)).toBe('');
  });

  it('leaves out what is usual', () => {
    expect(formatFragment({ ...nothing, capture: 'abcdef0123456789', selected: { num: 14107 } })).toBe(
      '#v=1&capture=abcdef0123456789&sel=14107',
    );
  });

  it('reads a link of the first release', () => {
    // Frozen: links outlive releases.
    const old =
      '#v=1&capture=595930672659002d2902ccf1ed61727e&name=fastcgi-epipe.scap.gz&rows=events&follow=14107&sel=14121&mark=14113&top=14096&time=relative&calls=num,time:120,-cpu&pane=state&find=EPIPE+x';
    const { link, rejected, newer } = parseFragment(old);
    expect(rejected).toEqual([]);
    expect(newer).toBe(false);
    expect(link).toMatchObject({
      capture: '595930672659002d2902ccf1ed61727e',
      unit: 'events',
      follow: { num: 14107 },
      selected: { num: 14121 },
      mark: { num: 14113 },
      top: { num: 14096 },
      time: 'relative',
      pane: 'state',
      find: 'EPIPE x',
    });
    expect(link.callColumns?.order.slice(0, 3)).toEqual(['num', 'time', 'cpu']);
    expect(link.callColumns?.widths).toEqual({ time: 120 });
    expect(link.eventColumns).toBeUndefined();
  });

  it('brings filters with all their signs', () => {
    const filter = 'fd.name = "/a b+c%20&#=é" and not evt.arg[0] in (1, 2)';
    expect(parseFragment(formatFragment({ ...nothing, filter })).link.filter).toBe(filter);
    expect(parseFragment(`#v=1&filter=${'x'.repeat(32_769)}`).rejected).toEqual(['filter']);
  });

  it('tells of a link from a later release', () => {
    expect(parseFragment('#v=2&sel=3')).toMatchObject({ newer: true, link: { selected: { num: 3 } } });
    expect(parseFragment('#v=x').rejected).toEqual(['v']);
  });

  it.each(['sel=-1', 'sel=1e9', 'capture=xyz', 'src=http://evil.example/x', 'src=https://user:word@evil.example/x', 'src=javascript:alert(1)', 'src=samples/../x', 'calls=num,num', 'calls=nope', 'calls=fd.name[a b]', 'calls=fd.name,fd.name', 'calls=%3Cb%3E.x', 'calls=num:9', 'rows=files', 'view=files', 'key=x', 'key=UNIX:1-2', 'with=unix:1-2', 'sort=key2', 'bytes=octal', 'decode=x25', 'group=all', 'filter=proc.name%0a', 'filter=%E2%80%AEgro.live'])(
    'refuses %s',
    (part) => {
      expect(parseFragment(`#v=1&${part}`).rejected).toEqual([part.split('=')[0]]);
    },
  );
});
