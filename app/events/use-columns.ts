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
import { usualLayouts } from '../state/columns';
import type { ColumnLayout, Unit } from '../state/model';
import { store, useApp } from '../state/store';
import { columnById, eventColumns, type EventColumn } from './columns';

const features = tableFeatures({
  columnOrderingFeature,
  columnSizingFeature,
  columnResizingFeature,
  columnVisibilityFeature,
});

export const minColumnWidth = 32;
const maxColumnWidth = 4000;

const definitions = (unit: Unit): ColumnDef<typeof features, object>[] =>
  eventColumns[unit].map((column) => ({
    id: column.id,
    size: column.width,
    minSize: minColumnWidth,
    maxSize: maxColumnWidth,
  }));

const columnDefs: Readonly<Record<Unit, ColumnDef<typeof features, object>[]>> = {
  calls: definitions('calls'),
  events: definitions('events'),
};

/** Rows are in the engine: the table holds columns only. */
const noRows: object[] = [];

/** In narrower windows the inspector leaves too little room for all the usual columns. */
const narrowWindow = window.matchMedia('(width < 1440px)');

function onNarrow(listener: () => void): () => void {
  narrowWindow.addEventListener('change', listener);
  return () => narrowWindow.removeEventListener('change', listener);
}

const isNarrow = (): boolean => narrowWindow.matches;

function usualLayout(unit: Unit, narrow: boolean): ColumnLayout {
  return usualLayouts[unit][narrow ? 'narrow' : 'wide'];
}

/** The columns as the user arranged them, else as they suit the window. */
export function useLayout(unit: Unit): ColumnLayout {
  const arranged = useApp((state) => state.preferences.columns[unit]);
  const narrow = useSyncExternalStore(onNarrow, isNarrow);
  return arranged ?? usualLayout(unit, narrow);
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
  /** For `grid-template-columns`. */
  readonly template: string;
  readonly minWidth: number;
}

export function useColumns(unit: Unit): Columns {
  const layout = useLayout(unit);
  const state = useMemo(
    () => ({
      columnOrder: [...layout.order],
      columnSizing: { ...layout.widths },
      columnVisibility: Object.fromEntries(layout.hidden.map((id) => [id, false])),
    }),
    [layout],
  );
  const table = useTable({
    features,
    columns: columnDefs[unit],
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
    const column = columnById[unit].get(header.column.id);
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
  const columns = useMemo(() => ids.split(' ').flatMap((id) => columnById[unit].get(id) ?? []), [unit, ids]);
  return {
    shown,
    columns,
    template: parts.join(' '),
    minWidth: shown.reduce((sum, { width }) => sum + width, 0),
  };
}
