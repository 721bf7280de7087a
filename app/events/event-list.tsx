/** The grid of calls or events: of the whole capture, or of one conversation. */
import { useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore, type ReactNode } from 'react';
import { rowFlag, type ListSpec } from '../../workers/protocol';
import { begin } from '../base/idle';
import type { Point } from '../components/menu';
import { VirtualGrid, rowId } from '../components/grid/virtual-grid';
import { WindowLoader, type FetchWindow } from '../components/grid/window-loader';
import { sentence } from '../messages/messages';
import { isField } from '../state/columns';
import type { Reveal, RowFacts, Tab, TabId } from '../state/model';
import { listKey, listOf, nameOf, placeOf, rowsOf, selectedRange, tabById } from '../state/select';
import { store, useApp } from '../state/store';
import type { CellContext } from './columns';
import { EventHeader } from './event-header';
import { EventRow } from './event-row';
import { followSelected, recount, select } from './moves';
import { RowMenu, type MenuPlace } from './row-menu';
import { factsOf, keepSameRows, noteShown, rowAt, type ListWindow, type Row } from './rows';
import { sortByColumn } from './sort';
import { useColumns } from './use-columns';
import { fetchWindow, heldAhead } from './windows';
import './event-list.css';

const label = 'Events';

/** Fetches rows of a list; those that are held already stay the same objects. */
function loaderOf(id: TabId, list: ListSpec, names: readonly string[]): WindowLoader<ListWindow> {
  const held = heldAhead(id, list, names);
  let before = held;
  const fetch: FetchWindow<ListWindow> = async (first, count, signal) => {
    const answer = await fetchWindow(id, list, names, first, count, signal);
    if (!answer.ok) return answer;
    keepSameRows(answer.value, before);
    before = answer.value;
    return answer;
  };
  return new WindowLoader(fetch, { isFinal: (window) => isFinal(id, list, window), window: held });
}

/** Whether nothing that is read later changes these rows: all calls of the capture in order, each of which has returned. */
function isFinal(id: TabId, { unit, conversation, filter, sort }: ListSpec, { flags, section, unread }: ListWindow): boolean {
  if (unit !== 'calls' || conversation !== undefined || filter !== undefined || sort !== undefined || unread !== undefined) return false;
  const sections = tabById(store.get(), id)?.summary?.sections ?? 1;
  return (sections === 1 || section[0] !== 0) && flags.every((flag) => (flag & rowFlag.open) === 0);
}

/** A new list is a new question: rows of the old one are never shown in it. */
function useLoader(id: TabId, list: ListSpec, fields: string): WindowLoader<ListWindow> {
  const { unit, conversation, filter } = list;
  const by = list.sort?.by;
  const descending = list.sort?.descending ?? false;
  const loader = useMemo(
    () =>
      loaderOf(
        id,
        {
          unit,
          ...(conversation === undefined ? {} : { conversation }),
          ...(filter === undefined ? {} : { filter }),
          ...(by === undefined ? {} : { sort: { by, descending } }),
        },
        fields === '' ? [] : fields.split(' '),
      ),
    [id, unit, conversation, filter, by, descending, fields],
  );
  useEffect(() => () => loader.stop(), [loader]);
  return loader;
}

/**
 * The window whose rows are all shown; the newest one a frame later. Rows that had to be waited for come into view by
 * halves, the upper first: all of them at once would be too much for one frame.
 */
function useSettled(window: ListWindow | undefined): ListWindow | undefined {
  const [settled, setSettled] = useState(window);
  useEffect(() => {
    if (window === settled) return undefined;
    const end = begin();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const frame = requestAnimationFrame(() => {
      timer = setTimeout(() => setSettled(window));
    });
    return () => {
      cancelAnimationFrame(frame);
      clearTimeout(timer);
      end();
    };
  }, [window, settled]);
  return settled;
}

export function EventList({ tab }: { readonly tab: Tab }): ReactNode {
  const { id, tick } = tab;
  const place = placeOf(tab);
  const list = listOf(place);
  const key = listKey(list);
  const rows = rowsOf(tab);
  const { unit, selected, mark, reveal } = place;
  const time = useApp((state) => state.preferences.time);
  const find = useApp((state) => state.preferences.find);
  const { shown, columns, rooms, template, minWidth } = useColumns(unit, tab.summary?.events ?? 0);
  const fields = columns.map((column) => column.id).filter(isField).join(' ');
  const loader = useLoader(id, list, fields);
  const { window, error } = useSyncExternalStore(loader.subscribe, loader.snapshot);
  const settled = useSettled(window);
  const [menu, setMenu] = useState<MenuPlace | undefined>(undefined);
  const closeMenu = useCallback(() => setMenu(undefined), [setMenu]);
  const isIndexing = tab.phase.kind === 'opening';

  // Of all calls and all events the ticks tell.
  const isCounted = tab.counts[unit] !== undefined && key === unit;
  useEffect(() => (isCounted ? undefined : recount(id)), [id, key, tick, isCounted]);
  // A filter that has come further may have rows where there were none.
  const looked = tab.sought?.filter === place.filter ? tab.sought.count.looked : 0;
  // Without a state of its own: what is in view changes with every step of a scroll.
  const onRange = useCallback(
    (first: number, last: number) => loader.want(first, last, rows, tick + looked + tab.sorts),
    [loader, rows, tick, looked, tab.sorts],
  );

  // Fills in what the selection does not know yet.
  useEffect(() => {
    if (window === undefined) return;
    for (const one of [selected, mark]) {
      const row = one === undefined || one.facts !== undefined ? undefined : rowAt(window, one.position);
      if (one !== undefined && row !== undefined) {
        store.dispatch({ type: 'facts', id, position: one.position, facts: factsOf(row) });
      }
    }
  }, [id, window, selected, mark]);

  useEffect(() => {
    if (window?.unread !== undefined) store.dispatch({ type: 'trouble', id, error: window.unread });
  }, [id, window]);

  /** Where the list is, and what it shows there. */
  const at = useRef({ top: place.top, window });
  const noteTop = useCallback(() => {
    const { top, window: rowsThere } = at.current;
    const row = rowsThere === undefined ? undefined : rowAt(rowsThere, Math.floor(top));
    const name = row === undefined ? undefined : nameOf(row);
    store.postpone(`scrolled ${id}`, { type: 'scrolled', id, top, name });
  }, [id]);
  useEffect(() => {
    at.current.window = window;
    noteShown(id, key, window);
    if (window !== undefined) noteTop();
  }, [id, key, window, noteTop]);
  useEffect(() => () => noteShown(id, '', undefined), [id]);
  const onScroll = useCallback(
    (top: number) => {
      at.current.top = top;
      noteTop();
    },
    [noteTop],
  );
  const top = useCallback(() => {
    const now = tabById(store.get(), id);
    return now === undefined ? 0 : placeOf(now).top;
  }, [id]);
  const onRevealed = useCallback(
    (done: Reveal) => store.postpone(`revealed ${id}`, { type: 'revealed', id, reveal: done }),
    [id],
  );
  const onViewport = useCallback(
    (viewportRows: number) => store.dispatch({ type: 'ui', change: { viewportRows } }),
    [],
  );

  const onSort = useCallback((column: string) => sortByColumn(id, column), [id]);

  const firstNs = tab.summary?.firstNs ?? 0n;
  const exitOnly = tab.summary?.exitOnly ?? false;
  const isConversation = place.follow !== undefined;
  const isAskedShown = columns.some((column) => column.id === 'asked');
  // A marked range counts from its fixed end.
  const sinceNs = (mark ?? selected)?.facts?.ns;
  const isRelative = time === 'since';
  const context = useMemo<CellContext>(
    () => ({
      time: { mode: time, firstNs, sinceNs: isRelative ? sinceNs : undefined },
      find,
      exitOnly,
      isConversation,
      isAskedShown,
    }),
    [time, firstNs, isRelative, sinceNs, find, exitOnly, isConversation, isAskedShown],
  );
  const picked = selectedRange(place);
  const current = selected?.position;
  const rowOf = (position: number): Row | undefined => (window === undefined ? undefined : rowAt(window, position));
  const isShown = (position: number, isUpper: boolean): boolean =>
    isUpper || window === settled || (settled !== undefined && rowAt(settled, position) !== undefined);

  /** A menu is about what is selected: a row beside it is selected first. */
  const onMenu = (position: number, column: string | undefined, at: Point): void => {
    const row = rowOf(position);
    if (row === undefined) return;
    const isPicked = picked !== undefined && position >= picked.first && position <= picked.last;
    if (!isPicked) select(id, position, { facts: factsOf(row), how: 'none' });
    setMenu({ row, column, at });
  };

  return (
    <>
      <VirtualGrid
        key={id}
        label={label}
        rowCount={rows}
        template={template}
        minWidth={minWidth}
        header={<EventHeader unit={unit} columns={shown} time={time} sort={place.sort} sorting={tab.sorting?.sort} onSort={onSort} />}
        selected={current}
        multiselectable
        top={top}
        jump={`${key} ${place.jump}`}
        reveal={reveal}
        onRevealed={onRevealed}
        onScroll={onScroll}
        onRange={onRange}
        onViewport={onViewport}
        onPick={(position, extend) =>
          select(id, position, { extend, facts: factsAt(rowOf(position)), how: 'nearest' })
        }
        onOpen={() => void followSelected(id)}
        onMenu={onMenu}
        busy={isIndexing}
        renderRow={(position, isUpper) => (
          <EventRow
            id={position === current ? rowId(label, position) : undefined}
            position={position}
            row={isShown(position, isUpper) ? rowOf(position) : undefined}
            columns={columns}
            rooms={rooms}
            context={context}
            isSelected={picked !== undefined && position >= picked.first && position <= picked.last}
            isCurrent={position === current}
          />
        )}
      >
        {error === undefined ? null : <p className="grid-note">{sentence(error)}</p>}
      </VirtualGrid>
      {menu === undefined ? null : <RowMenu key={`${menu.at.x} ${menu.at.y} ${menu.row.row}`} id={id} place={menu} columns={columns} onClose={closeMenu} />}
    </>
  );
}

function factsAt(row: Row | undefined): RowFacts | undefined {
  return row === undefined ? undefined : factsOf(row);
}

