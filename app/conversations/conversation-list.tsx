/** The grid of all conversations of a capture. */
import { useCallback, useEffect, type ReactNode } from 'react';
import type { ConversationSort, ConversationWindow, ListPosition } from '../../workers/protocol';
import { useLatest } from '../base/use-query';
import { ask } from '../capture/session';
import { useWindow } from '../components/grid/use-window';
import { rowId, VirtualGrid } from '../components/grid/virtual-grid';
import { counted, grouped } from '../format/number';
import { sentence } from '../messages/messages';
import type { ConversationsPlace, Reveal, Tab, TabId } from '../state/model';
import { tabById } from '../state/select';
import { store, useApp } from '../state/store';
import { groupColumn, listColumns, type ListColumn } from './list-columns';
import { listRowAt, type ListRow } from './list-rows';
import { openFromList, queryOf, selectInList } from './moves';
import './conversations.css';

const label = 'Conversations';

function change(id: TabId, what: Partial<ConversationsPlace>): void {
  store.dispatch({ type: 'list-changed', id, change: { selected: undefined, top: 0, ...what } });
}

/** The order of a column; the same one again turns it round. Numbers begin with the greatest. */
function sortBy({ id, conversations }: Tab, sort: ConversationSort): void {
  const isNumber = ['calls', 'there', 'back', 'unread', 'refused', 'duration', 'error'].includes(sort);
  change(id, { sort, descending: conversations.sort === sort ? !conversations.descending : isNumber });
}

export function ConversationList({ tab }: { readonly tab: Tab }): ReactNode {
  const { id, tick, conversations: place } = tab;
  const find = useApp((state) => state.preferences.find);
  const query = queryOf(tab, find);
  const key = `${id} ${JSON.stringify(query)}`;
  // The first answer says how many there are.
  const { state } = useLatest(`${key} ${tick}`, (signal) =>
    ask(id, 'conversations', { query, first: 0, count: 1 }, signal),
  );
  const counts = state.status === 'ready' ? state.value : undefined;
  const rows = counts?.rows ?? 0;
  useEffect(() => store.dispatch({ type: 'list-changed', id, change: { rows } }), [id, rows]);
  const fetch = (first: ListPosition, count: number, signal: AbortSignal) =>
    ask(id, 'conversations', { query, first, count }, signal);
  const { window, error, onRange } = useWindow<ConversationWindow>(key, rows, tick, fetch);
  const columns = place.group === '' ? listColumns : [groupColumn, ...listColumns];

  const top = useCallback(() => tabById(store.get(), id)?.conversations.top ?? 0, [id]);
  const onScroll = useCallback(
    (now: number) => store.postpone(`list ${id}`, { type: 'list-changed', id, change: { top: now } }),
    [id],
  );
  const onRevealed = useCallback(
    (done: Reveal) => {
      if (tabById(store.get(), id)?.conversations.reveal === done) {
        store.dispatch({ type: 'list-changed', id, change: { reveal: undefined } });
      }
    },
    [id],
  );
  const onViewport = useCallback(
    (viewportRows: number) => store.dispatch({ type: 'ui', change: { viewportRows } }),
    [],
  );

  const failed = state.status === 'failed' ? state.error : error;
  return (
    <div className="conversations">
      <ListBar tab={tab} rows={rows} total={counts?.total ?? 0} />
      <VirtualGrid
        label={label}
        rowCount={rows}
        template={columns.map(({ width, flexible }) => (flexible === true ? `minmax(${width}px, 1fr)` : `${width}px`)).join(' ')}
        minWidth={columns.reduce((sum, { width }) => sum + width, 0)}
        header={<ListHeader columns={columns} tab={tab} />}
        selected={place.selected}
        multiselectable={false}
        top={top}
        jump={key}
        reveal={place.reveal}
        onRevealed={onRevealed}
        onScroll={onScroll}
        onRange={onRange}
        onViewport={onViewport}
        onPick={(position) => selectInList(id, position)}
        onOpen={(position) => void openFromList(id, position)}
        busy={tab.phase.kind === 'opening'}
        renderRow={(position) => (
          <ConversationRow
            position={position}
            row={window === undefined ? undefined : listRowAt(window, position)}
            columns={columns}
            find={query.narrow}
            isSelected={position === place.selected}
          />
        )}
      >
        {failed === undefined || failed.kind === 'cancelled' ? null : <p className="grid-note">{sentence(failed)}</p>}
        {failed === undefined && counts !== undefined && rows === 0 ? (
          <p className="grid-note">
            {counts.total === 0
              ? 'No sockets or pipes are used in this capture.'
              : `None of ${counted(counts.total, 'conversation')} shows this text.`}
          </p>
        ) : null}
      </VirtualGrid>
    </div>
  );
}

const sortNames: readonly (readonly [ConversationSort, string])[] = listColumns.flatMap(({ sort, header }) =>
  sort === undefined ? [] : [[sort, header.replace(' (s)', '')] as const],
);

/** How many, in which order, and what stands together. */
function ListBar(props: { readonly tab: Tab; readonly rows: number; readonly total: number }): ReactNode {
  const { tab, rows, total } = props;
  const { sort, descending, group } = tab.conversations;
  return (
    <div className="list-bar">
      <p className="list-count" aria-live="polite">
        {rows === total ? counted(total, 'conversation') : `${grouped(rows)} of ${counted(total, 'conversation')}`}
      </p>
      <label>
        Sort by{' '}
        <select
          className="button slim"
          value={sort}
          onChange={(event) => sortBy(tab, event.currentTarget.value as ConversationSort)}
        >
          {sortNames.map(([value, name]) => (
            <option key={value} value={value}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <button type="button" className="button slim" onClick={() => change(tab.id, { descending: !descending })}>
        {descending ? 'Greatest first' : 'Smallest first'}
      </button>
      <label>
        Group by{' '}
        <select
          className="button slim"
          value={group}
          onChange={(event) => change(tab.id, { group: event.currentTarget.value as ConversationsPlace['group'] })}
        >
          <option value="">nothing</option>
          <option value="path">path or port</option>
          <option value="processes">process pair</option>
        </select>
      </label>
    </div>
  );
}

function ListHeader({ columns, tab }: { readonly columns: readonly ListColumn[]; readonly tab: Tab }): ReactNode {
  const { sort, descending } = tab.conversations;
  return (
    <div className="grid-row head" role="row" aria-rowindex={1}>
      {columns.map((column) => {
        const isSorted = column.sort === sort;
        const { sort: own } = column;
        return (
          <div
            key={column.id}
            role="columnheader"
            className={`grid-headcell${column.end === true ? ' end' : ''}`}
            data-head={column.id}
            title={column.title}
            aria-sort={isSorted ? (descending ? 'descending' : 'ascending') : undefined}
          >
            {own === undefined ? (
              column.header
            ) : (
              // Keys sort by the box above the grid: twelve stops of the Tab key would be in the way.
              <button type="button" className="grid-sort" tabIndex={-1} onClick={() => sortBy(tab, own)}>
                {column.header}
                {isSorted ? <span aria-hidden="true"> {descending ? '↓' : '↑'}</span> : null}
              </button>
            )}
          </div>
        );
      })}
    </div>
  );
}

function ConversationRow(props: {
  readonly position: number;
  /** Undefined until it is fetched. */
  readonly row: ListRow | undefined;
  readonly columns: readonly ListColumn[];
  readonly find: string;
  readonly isSelected: boolean;
}): ReactNode {
  const { position, row, columns, find, isSelected } = props;
  const classes = ['grid-row'];
  if (row !== undefined && (row.refused > 0 || row.isConnectOnly)) classes.push('failed');
  if (row?.groupSum !== undefined) classes.push('group-start');
  if (isSelected) classes.push('current');
  return (
    <div
      id={rowId(label, position)}
      role="row"
      className={classes.join(' ')}
      aria-rowindex={position + 2}
      aria-selected={isSelected}
      data-position={position}
      data-key={row?.name.key}
      data-life={row?.name.life}
    >
      {columns.map((column) => (
        <div
          key={column.id}
          role="gridcell"
          data-column={column.id}
          className={`grid-cell${column.end === true ? ' end' : ''}${column.mono === true ? ' mono' : ''}`}
        >
          {row === undefined ? null : column.cell(row, find)}
        </div>
      ))}
    </div>
  );
}
