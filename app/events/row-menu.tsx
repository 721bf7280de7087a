/** What can be done with the row, and the cell, that a menu was asked for. */
import { useMemo, type ReactNode } from 'react';
import { Menu, type MenuEntry, type Point } from '../components/menu';
import type { TabId } from '../state/model';
import { listOf, placeOf, selectedRange, tabById } from '../state/select';
import { store } from '../state/store';
import { copyRows, followSelected, goToPartner } from './moves';
import { factsOf, type Row } from './rows';

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
  readonly onClose: () => void;
}): ReactNode {
  const { id, place, onClose } = props;
  const groups = useMemo(() => groupsOf(id, place), [id, place]);
  return <Menu label="Row" at={place.at} groups={groups} onClose={onClose} />;
}

function groupsOf(id: TabId, { row }: MenuPlace): readonly (readonly MenuEntry[])[] {
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
  return [ways, [{ id: 'copy', label: copy, keys: 'c', run: () => void copyRows(id) }]];
}
