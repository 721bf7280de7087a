/** The columns of the list of conversations. */
import type { ReactNode } from 'react';
import type { ConversationSort } from '../../workers/protocol';
import { Marked } from '../components/marked';
import { counted, grouped, size } from '../format/number';
import { seconds, span } from '../format/time';
import { visible } from '../format/visible';
import type { GroupSum, ListRow } from './list-rows';

export interface ListColumn {
  readonly id: string;
  readonly header: string;
  /** What the column is, in words: for menus and tooltips. */
  readonly title: string;
  readonly sort: ConversationSort | undefined;
  readonly width: number;
  readonly end?: boolean;
  readonly mono?: boolean;
  readonly flexible?: boolean;
  readonly cell: (row: ListRow, find: string) => ReactNode;
}

const unknown = (
  <span className="dim" title="Not known">
    ?
  </span>
);

const bytes = (value: number | undefined): ReactNode => (value === undefined ? unknown : grouped(value));
const nonzero = (value: number): ReactNode =>
  value === 0 ? <span className="dim">0</span> : <span className="bad">{grouped(value)}</span>;

/** `12 · 140 calls · 8.7 kB → 1.1 kB ← · 3 refused`. */
function sumText({ conversations, calls, there, back, unread, refused }: GroupSum): string {
  if (calls === 0) return `${grouped(conversations)} · no calls`;
  const parts = [grouped(conversations), counted(calls, 'call'), `${size(there)} → ${size(back)} ←`];
  if (unread > 0) parts.push(`${size(unread)} unread`);
  if (refused > 0) parts.push(`${grouped(refused)} refused`);
  return parts.join(' · ');
}

export const groupColumn: ListColumn = {
  id: 'group',
  header: 'Group',
  title: 'What stands together: how many, and what they come to',
  sort: undefined,
  width: 420,
  cell: ({ group, groupSum }) =>
    groupSum === undefined ? null : (
      <span className="group" title={`${visible(group)}: ${sumText(groupSum)}`}>
        {group === '' ? <span className="dim">without</span> : <b>{visible(group)}</b>}
        <span className={groupSum.refused > 0 ? 'bad' : 'dim'}>{sumText(groupSum)}</span>
      </span>
    ),
};

export const listColumns: readonly ListColumn[] = [
  {
    id: 'processes',
    header: 'Processes',
    title: 'Client → server, with their process ids',
    sort: 'processes',
    width: 232,
    mono: true,
    cell: ({ left, right }, find) => (
      <>
        <span className="end-a">{left === '' ? <span className="dim">?</span> : <Marked text={left} find={find} />}</span>
        <span className="dim"> → </span>
        <span className="end-b">
          {right === '' ? <span className="dim">outside</span> : <Marked text={right} find={find} />}
        </span>
      </>
    ),
  },
  {
    id: 'place',
    header: 'Path or port',
    title: 'Path of the socket, or port of the server',
    sort: 'path',
    width: 158,
    mono: true,
    cell: ({ place }, find) => <Marked text={place} find={find} />,
  },
  {
    id: 'life',
    header: 'Life',
    title: 'Which use of these addresses, of how many',
    sort: undefined,
    width: 60,
    end: true,
    cell: ({ name, lives, isConnectOnly }) =>
      isConnectOnly ? <span className="bad">✗ none</span> : `${grouped(name.life ?? 1)}/${grouped(lives)}`,
  },
  {
    id: 'start',
    header: 'Start (s)',
    title: 'Beginning, in seconds since the first event',
    sort: 'start',
    width: 98,
    end: true,
    mono: true,
    cell: ({ startNs }) => (startNs === undefined ? <span className="dim">before</span> : seconds(startNs).slice(0, -3)),
  },
  {
    id: 'duration',
    header: 'Duration',
    title: 'Until its end, or its last call',
    sort: 'duration',
    width: 76,
    end: true,
    cell: ({ durationNs }) => (durationNs === undefined ? '' : span(durationNs)),
  },
  {
    id: 'calls',
    header: 'Calls',
    title: 'Data calls of both ends',
    sort: 'calls',
    width: 62,
    end: true,
    cell: ({ calls }) => grouped(calls),
  },
  {
    id: 'there',
    header: 'Bytes →',
    title: 'Bytes that the client wrote',
    sort: 'there',
    width: 84,
    end: true,
    cell: ({ there }) => bytes(there),
  },
  {
    id: 'back',
    header: 'Bytes ←',
    title: 'Bytes that the server wrote',
    sort: 'back',
    width: 84,
    end: true,
    cell: ({ back }) => bytes(back),
  },
  {
    id: 'unread',
    header: 'Unread',
    title: 'Bytes that were never read',
    sort: 'unread',
    width: 70,
    end: true,
    cell: ({ unread }) => nonzero(unread),
  },
  {
    id: 'refused',
    header: 'Refused',
    title: 'Calls that failed',
    sort: 'refused',
    width: 70,
    end: true,
    cell: ({ refused }) => nonzero(refused),
  },
  {
    id: 'error',
    header: 'First error',
    title: 'Why the first call failed',
    sort: 'error',
    width: 124,
    mono: true,
    cell: ({ error }, find) =>
      error === '' ? null : (
        <span className="bad">
          ✗ <Marked text={error} find={find} />
        </span>
      ),
  },
  {
    id: 'protocol',
    header: 'Protocol',
    title: 'What its bytes look like',
    sort: 'protocol',
    width: 76,
    cell: ({ protocol }, find) => <Marked text={protocol} find={find} />,
  },
  {
    id: 'family',
    header: 'Kind',
    title: 'Kind of socket or pipe',
    sort: 'family',
    width: 92,
    cell: ({ family }, find) => <Marked text={family} find={find} />,
  },
  {
    id: 'key',
    header: 'Key',
    title: 'Addresses that name the conversation',
    sort: 'key',
    width: 150,
    mono: true,
    flexible: true,
    cell: ({ name }, find) => (
      <span title={visible(name.key)}>
        <Marked text={name.key} find={find} />
      </span>
    ),
  },
];
