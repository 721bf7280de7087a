/** The codecs of `docs/url.md`, one per parameter. */
import { decoders, type ConversationName, type ConversationSort, sortColumns, type EventRow, type SortSpec } from '../../workers/protocol';
import { isSample, remoteAddress } from '../capture/address';
import { columnIds, isField } from '../state/columns';
import { eventText, parseEventNumber } from '../format/number';
import { timeModes, type TimeMode } from '../format/time';
import type { BytesAs, ColumnLayout, ConversationElsewhere, EventName, InspectorPane, Unit, View } from '../state/model';
import type { Field } from './field';

function choice<T extends string>(key: string, choices: readonly T[], fallback: T): Field<T> {
  return {
    key,
    fallback,
    parse: (raw) => choices.find((one) => one === raw),
    format: (value) => value,
  };
}

function optional<T>(
  key: string,
  parse: (raw: string) => T | undefined,
  format: (value: T) => string,
): Field<T | undefined> {
  return {
    key,
    fallback: undefined,
    parse,
    format: (value) => (value === undefined ? '' : format(value)),
  };
}

/** `14107` is an event number, `2.14107` one of the second section, `r14106` a row of the capture. */
function parseEvent(raw: string): EventName | undefined {
  const row = /^r(\d{1,15})$/.exec(raw);
  if (row !== null) return { row: Number(row[1]) as EventRow };
  return parseEventNumber(raw);
}

function formatEvent(name: EventName): string {
  return 'num' in name ? eventText(name.num, name.section) : `r${name.row}`;
}

const event = (key: string): Field<EventName | undefined> => optional(key, parseEvent, formatEvent);

const minWidth = 24;
const maxWidth = 4000;
/** More would be no list. */
const mostColumns = 60;

/** `num,time:180,-cpu`: columns in order, widths where they were changed, a minus before those hidden. */
function columns(key: string, unit: Unit): Field<ColumnLayout | undefined> {
  const ids = columnIds[unit];
  return optional<ColumnLayout>(
    key,
    (raw) => {
      const order: string[] = [];
      const hidden: string[] = [];
      const widths: Record<string, number> = {};
      for (const part of raw.split(',')) {
        const match = /^(-?)([^:]+)(?::(\d{1,4}))?$/.exec(part);
        const id = match?.[2];
        if (match === null || id === undefined || !(ids.includes(id) || isField(id)) || order.includes(id)) return undefined;
        order.push(id);
        if (order.length > mostColumns) return undefined;
        if (match[1] === '-') hidden.push(id);
        if (match[3] !== undefined) {
          const width = Number(match[3]);
          if (width < minWidth || width > maxWidth) return undefined;
          widths[id] = width;
        }
      }
      // A link that is older than a column does not ask for it.
      const unnamed = ids.filter((id) => !order.includes(id));
      return { order: [...order, ...unnamed], hidden: [...hidden, ...unnamed], widths };
    },
    (layout) =>
      layout.order
        .map((id) => {
          const width = layout.widths[id];
          return `${layout.hidden.includes(id) ? '-' : ''}${id}${width === undefined ? '' : `:${width}`}`;
        })
        .join(','),
  );
}

/** Longest text that a link may bring: names and search text. */
const maxText = 4096;

const text = (key: string): Field<string> => ({
  key,
  fallback: '',
  parse: (raw) => (raw.length <= maxText ? raw : undefined),
  format: (value) => value,
});

/** Longest filter that a link may bring, and that the box takes. */
export const maxFilter = 32_768;

/**
 * A filter stands on one line, and all of it is seen: what it would compare with a line end or with a mark that turns
 * the reading direction is written as an escape.
 */
const hiddenInFilter = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;

export function isWritableFilter(filter: string): boolean {
  return filter.length <= maxFilter && !hiddenInFilter.test(filter);
}

/** A key as the engine makes them: a family, a colon, addresses or names. */
const keyPattern = /^[a-z]{2,12}:.{1,1000}$/su;

/** `KEY` or `KEY~LIFE`. */
function parseConversation(raw: string): ConversationName | undefined {
  const end = /~([1-9]\d{0,8})$/.exec(raw);
  const key = end === null ? raw : raw.slice(0, end.index);
  const life = end?.[1];
  if (!keyPattern.test(key)) return undefined;
  return life === undefined ? { key } : { key, life: Number(life) };
}

function formatConversation({ key, life }: ConversationName): string {
  return life === undefined ? key : `${key}~${life}`;
}

/** `FINGERPRINT/KEY~LIFE`. */
function parseElsewhere(raw: string): ConversationElsewhere | undefined {
  const match = /^([0-9a-f]{8,64})\/(.+)$/su.exec(raw);
  const name = parseConversation(match?.[2] ?? '');
  return match?.[1] === undefined || name === undefined ? undefined : { fingerprint: match[1], name };
}

export interface ListOrder {
  readonly sort: ConversationSort;
  readonly descending: boolean;
}

const sorts: readonly ConversationSort[] = [
  'start', 'duration', 'processes', 'key', 'path', 'calls', 'there', 'back', 'unread', 'refused', 'error', 'family', 'protocol',
];

/** `calls`, or `-calls` for the greatest first. */
const order: Field<ListOrder> = {
  key: 'sort',
  fallback: { sort: 'start', descending: false },
  parse: (raw) => {
    const sort = sorts.find((one) => one === raw.replace(/^-/, ''));
    return sort === undefined ? undefined : { sort, descending: raw.startsWith('-') };
  },
  format: ({ sort, descending }) => `${descending ? '-' : ''}${sort}`,
};

/** `-latency`: by latency, the greatest first; `fd.name`: by a field. */
const by: Field<SortSpec | undefined> = optional(
  'by',
  (raw) => {
    const name = raw.replace(/^-/, '');
    const column = isField(name) ? name : sortColumns.find((one) => one === name);
    return column === undefined ? undefined : { by: column, descending: raw.startsWith('-') };
  },
  (sort) => `${sort.descending ? '-' : ''}${sort.by}`,
);

const views: readonly View[] = ['events', 'conversations', 'findings'];
const forms: readonly BytesAs[] = ['decoded', 'ascii', 'hex', 'raw'];
const panes: readonly InspectorPane[] = ['call', 'bytes', 'state'];
const units: readonly Unit[] = ['calls', 'events'];

export const fields = {
  /** Hash that names the capture. */
  capture: optional('capture', (raw) => (/^[0-9a-f]{8,64}$/.test(raw) ? raw : undefined), (value) => value),
  /** File name of the capture, for people. */
  name: text('name'),
  /** Where the page itself can fetch the capture: one of its samples, or a file on another host. */
  src: optional('src', (raw) => (isSample(raw) ? raw : remoteAddress(raw)), (value) => value),
  view: choice<View>('view', views, 'events'),
  unit: choice<Unit>('rows', units, 'calls'),
  follow: event('follow'),
  conversation: optional('key', parseConversation, formatConversation),
  protocol: choice('decode', decoders, ''),
  against: optional('with', parseElsewhere, ({ fingerprint, name }) => `${fingerprint}/${formatConversation(name)}`),
  order,
  group: choice('group', ['', 'path', 'processes'] as const, ''),
  selected: event('sel'),
  mark: event('mark'),
  top: event('top'),
  time: choice<TimeMode>('time', timeModes, 'local'),
  callColumns: columns('calls', 'calls'),
  eventColumns: columns('events', 'events'),
  pane: choice<InspectorPane>('pane', panes, 'call'),
  bytesAs: choice<BytesAs>('bytes', forms, 'decoded'),
  filter: {
    key: 'filter',
    fallback: '',
    parse: (raw) => (isWritableFilter(raw) ? raw.trim() : undefined),
    format: (value) => value,
  } satisfies Field<string>,
  by,
  find: text('find'),
} as const;

/** Everything an address can say. */
export type Link = {
  readonly [Name in keyof typeof fields]: (typeof fields)[Name] extends Field<infer T> ? T : never;
};
