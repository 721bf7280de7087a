/** What can be done with the row, and the cell, that a menu was asked for. */
import { useMemo, useState, type ReactNode } from 'react';
import { Menu, type MenuEntry, type Point } from '../components/menu';
import type { TabId } from '../state/model';
import { listOf, placeOf, selectedRange, tabById } from '../state/select';
import { store } from '../state/store';
import { copyCommand, termEntries } from '../filter/term-menu';
import type { Term } from '../filter/terms';
import { termOfCell } from './cell-terms';
import type { EventColumn } from './columns';
import { copyRows, followSelected, goToPartner } from './moves';
import { factsOf, type Row } from './rows';
import { sortByColumn, sortLabel, sortOfColumn } from './sort';

/** Where a menu was asked for; its row is one of those selected. */
export interface MenuPlace {
  readonly row: Row;
  /** Id of the column; undefined for the row as a whole. */
  readonly column: string | undefined;
  readonly at: Point;
}

export function RowMenu(props: {
  readonly id: TabId;
  readonly place: MenuPlace;
  /** Those that are shown, in order. */
  readonly columns: readonly EventColumn[];
  readonly onClose: () => void;
}): ReactNode {
  const { id, place, columns, onClose } = props;
  const [column, setColumn] = useState(place.column);
  const groups = useMemo(() => groupsOf(id, place.row, column), [id, place.row, column]);
  // By keyboard it is the row's, and leads from there to each cell that a filter can ask for.
  const stops = [undefined, ...columns.map((one) => one.id).filter((one) => termIn(id, one, place.row) !== undefined)];
  const walk = (step: 1 | -1): void => setColumn(stops[(stops.indexOf(column) + step + stops.length) % stops.length]);
  const title = columns.find((one) => one.id === column)?.title ?? 'Row';
  return <Menu label="Row" title={title} at={place.at} groups={groups} onSide={walk} onClose={onClose} />;
}

function termIn(id: TabId, column: string, row: Row): Term | undefined {
  const term = termOfCell(column, row, tabById(store.get(), id)?.summary?.firstNs ?? 0n);
  return term === undefined ? undefined : { ...term, row: row.row };
}

function groupsOf(id: TabId, row: Row, column: string | undefined): readonly (readonly MenuEntry[])[] {
  const tab = tabById(store.get(), id);
  if (tab === undefined) return [];
  const place = placeOf(tab);
  const facts = factsOf(row);
  const range = selectedRange(place);
  const isOne = range === undefined || range.first === range.last;
  const ways: MenuEntry[] = [
    { id: 'follow', label: 'Follow conversation', keys: 'Enter', run: () => void followSelected(id, facts) },
  ];
  // A row of a call is both its edges.
  if (listOf(place).unit === 'events') {
    ways.push({ id: 'partner', label: 'Go to the other event of the call', keys: '%', run: () => void goToPartner(id, facts) });
  }
  const copy = isOne ? 'Copy row as sysdig prints it' : 'Copy rows as sysdig prints them';
  const term = column === undefined ? undefined : termIn(id, column, row);
  // The process of a row is a thread of it, too.
  const thread = column === 'process' && row.tid !== undefined ? { field: 'thread.tid', value: String(row.tid) } : undefined;
  if (place.filter !== '') {
    ways.push({ id: 'why', label: 'Why does it pass the filter?', keys: 'y', run: () => store.dispatch({ type: 'overlay', overlay: 'explain' }) });
  }
  const by = column === undefined ? undefined : sortOfColumn(column);
  const sorts: MenuEntry[] = by === undefined || column === undefined ? [] : [{ id: 'sort', label: sortLabel(place.sort, by), run: () => sortByColumn(id, column) }];
  return [
    term === undefined ? [] : termEntries(id, term),
    thread === undefined ? [] : termEntries(id, thread),
    ways,
    sorts,
    [
      { id: 'copy', label: copy, keys: 'c', run: () => void copyRows(id) },
      { id: 'command', label: 'Copy as sysdig command', run: () => void copyCommand(id) },
    ],
  ];
}
