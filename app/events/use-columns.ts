/** Ties the column model of the table library to the layout that the address bar holds. */
import {
  columnOrderingFeature,
  columnResizingFeature,
  columnSizingFeature,
  columnVisibilityFeature,
  tableFeatures,
  useTable,
  type ColumnDef,
} from '@tanstack/react-table';
import { useMemo, useSyncExternalStore } from 'react';
import { isField, usualLayouts } from '../state/columns';
import type { ColumnLayout, Unit } from '../state/model';
import { store, useApp } from '../state/store';
import { columnOf, eventColumns, type EventColumn } from './columns';

const features = tableFeatures({
  columnOrderingFeature,
  columnSizingFeature,
  columnResizingFeature,
  columnVisibilityFeature,
});

export const minColumnWidth = 32;
const maxColumnWidth = 4000;

type Definition = ColumnDef<typeof features, object>;

const definition = ({ id, width }: EventColumn): Definition => ({ id, size: width, minSize: minColumnWidth, maxSize: maxColumnWidth });

const definitions = (unit: Unit): Definition[] => eventColumns[unit].map(definition);
const longDefinitions = (unit: Unit): Definition[] =>
  eventColumns[unit].map((column) => definition({ ...column, width: column.longWidth ?? column.width }));

const columnDefs: Readonly<Record<Unit, Readonly<Record<'usual' | 'long', Definition[]>>>> = {
  calls: { usual: definitions('calls'), long: longDefinitions('calls') },
  events: { usual: definitions('events'), long: longDefinitions('events') },
};

/** From so many events on a capture is long. */
const longCapture = 10_000_000;

/** Rows are in the engine: the table holds columns only. */
const noRows: object[] = [];

/** In narrower windows the inspector leaves too little room for all the usual columns. */
let narrowQuery: MediaQueryList | undefined;
const narrowWindow = (): MediaQueryList => (narrowQuery ??= window.matchMedia('(width < 1440px)'));

function onNarrow(listener: () => void): () => void {
  narrowWindow().addEventListener('change', listener);
  return () => narrowWindow().removeEventListener('change', listener);
}

const isNarrow = (): boolean => narrowWindow().matches;

function usualLayout(unit: Unit, narrow: boolean): ColumnLayout {
  return usualLayouts[unit][narrow ? 'narrow' : 'wide'];
}

/** The columns as the user arranged them, else as they suit the window. */
export function useLayout(unit: Unit): ColumnLayout {
  const arranged = useApp((state) => state.preferences.columns[unit]);
  const narrow = useSyncExternalStore(onNarrow, isNarrow);
  return arranged ?? usualLayout(unit, narrow);
}

/** The columns as the user arranged them; undefined while they are the usual ones. */
export function arrangedLayout(unit: Unit): ColumnLayout | undefined {
  return store.get().preferences.columns[unit];
}

function setLayout(unit: Unit, change: (layout: ColumnLayout) => ColumnLayout): void {
  const before = store.get().preferences.columns[unit] ?? usualLayout(unit, isNarrow());
  store.dispatch({ type: 'columns', unit, layout: change(before) });
}

export function setColumnHidden(unit: Unit, id: string, isHidden: boolean): void {
  setLayout(unit, (layout) => ({
    ...layout,
    hidden: isHidden ? [...layout.hidden, id] : layout.hidden.filter((one) => one !== id),
  }));
}

/** Shows a field as a column, the last of those shown; one that has one already is shown again. */
export function addField(unit: Unit, name: string): void {
  setLayout(unit, (layout) => {
    if (layout.order.includes(name)) return { ...layout, hidden: layout.hidden.filter((one) => one !== name) };
    const last = layout.order.findLastIndex((id) => !layout.hidden.includes(id));
    return { ...layout, order: [...layout.order.slice(0, last + 1), name, ...layout.order.slice(last + 1)] };
  });
}

export function removeField(unit: Unit, name: string): void {
  setLayout(unit, ({ order, hidden, widths }) => ({
    order: order.filter((id) => id !== name),
    hidden: hidden.filter((id) => id !== name),
    widths: Object.fromEntries(Object.entries(widths).filter(([id]) => id !== name)),
  }));
}

/** Puts a column before another one, or last. */
export function moveColumn(unit: Unit, id: string, before: string | undefined): void {
  setLayout(unit, (layout) => {
    const order = layout.order.filter((one) => one !== id);
    const at = before === undefined ? order.length : order.indexOf(before);
    return at < 0 ? layout : { ...layout, order: [...order.slice(0, at), id, ...order.slice(at)] };
  });
}

/** Moves a column past its neighbour, which may be hidden. */
export function shiftColumn(unit: Unit, id: string, step: 1 | -1): void {
  setLayout(unit, (layout) => {
    const order = [...layout.order];
    const at = order.indexOf(id);
    const other = order[at + step];
    if (at < 0 || other === undefined) return layout;
    order[at] = other;
    order[at + step] = id;
    return { ...layout, order };
  });
}

export function setColumnWidth(unit: Unit, id: string, width: number | undefined): void {
  setLayout(unit, (layout) => {
    const widths: Record<string, number> = { ...layout.widths };
    if (width === undefined) Reflect.deleteProperty(widths, id);
    else widths[id] = Math.round(Math.min(Math.max(minColumnWidth, width), maxColumnWidth));
    return { ...layout, widths };
  });
}

/** The head of a column that is shown. */
export interface ShownColumn {
  readonly column: EventColumn;
  readonly width: number;
  readonly startResize: (event: unknown) => void;
  readonly isResizing: boolean;
}

export interface Columns {
  readonly shown: readonly ShownColumn[];
  /** Those of a row: the same array until another column is shown or the order changes. */
  readonly columns: readonly EventColumn[];
  /** How many characters surely have room in each of them: the same array until a column is resized. */
  readonly rooms: readonly number[];
  /** For `grid-template-columns`. */
  readonly template: string;
  readonly minWidth: number;
}

/** Pixels that no fixed-width font of the page takes for a character, and that a cell keeps free on both sides. */
const widestCharacter = 7.5;
const cellPadding = 12;

/** The columns that are shown of a capture of so many events. */
export function useColumns(unit: Unit, events: number): Columns {
  const length = events < longCapture ? 'usual' : 'long';
  const layout = useLayout(unit);
  const state = useMemo(
    () => ({
      columnOrder: [...layout.order],
      columnSizing: { ...layout.widths },
      columnVisibility: Object.fromEntries(layout.hidden.map((id) => [id, false])),
    }),
    [layout],
  );
  const fields = layout.order.filter(isField).join(' ');
  const defined = useMemo(() => {
    const own = fields.split(' ').flatMap((id) => columnOf(unit, id) ?? []);
    const usual = columnDefs[unit][length];
    return own.length === 0 ? usual : [...usual, ...own.map(definition)];
  }, [unit, length, fields]);
  const table = useTable({
    features,
    columns: defined,
    data: noRows,
    state,
    columnResizeMode: 'onChange',
    onColumnSizingChange: (updater) => {
      const sizing = typeof updater === 'function' ? updater(state.columnSizing) : updater;
      setLayout(unit, (now) => ({
        ...now,
        widths: Object.fromEntries(Object.entries(sizing).map(([id, width]) => [id, Math.round(width)])),
      }));
    },
  });
  const shown: ShownColumn[] = [];
  for (const header of table.getHeaderGroups()[0]?.headers ?? []) {
    const column = columnOf(unit, header.column.id);
    if (column === undefined) continue;
    shown.push({
      column,
      width: header.getSize(),
      startResize: header.getResizeHandler(),
      isResizing: header.column.getIsResizing(),
    });
  }
  const isFlexible = ({ column }: ShownColumn): boolean =>
    column.flexible === true && layout.widths[column.id] === undefined;
  const parts = shown.map((one) => (isFlexible(one) ? `minmax(${one.width}px, 1fr)` : `${one.width}px`));
  const ids = shown.map(({ column }) => column.id).join(' ');
  const columns = useMemo(() => ids.split(' ').flatMap((id) => columnOf(unit, id) ?? []), [unit, ids]);
  const roomOf = ({ column, width }: ShownColumn): number =>
    column.mono === true ? Math.floor((width - cellPadding) / widestCharacter) : 0;
  const room = shown.map(roomOf).join(' ');
  const rooms = useMemo(() => room.split(' ').map(Number), [room]);
  return {
    shown,
    columns,
    rooms,
    template: parts.join(' '),
    minWidth: shown.reduce((sum, { width }) => sum + width, 0),
  };
}
