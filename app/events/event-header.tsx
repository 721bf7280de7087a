import { useRef, useState, type PointerEvent, type ReactNode } from 'react';
import type { SortSpec } from '../../workers/protocol';
import type { TimeMode } from '../format/time';
import type { Unit } from '../state/model';
import { sortOfColumn } from './sort';
import { moveColumn, setColumnWidth, type ShownColumn } from './use-columns';

/** A press becomes a drag only beyond this: hands shake. */
const dragThreshold = 5;

interface Drag {
  readonly id: string;
  readonly startX: number;
  readonly over: string | undefined;
  readonly after: boolean;
}

function columnUnder(event: PointerEvent): { readonly id: string; readonly after: boolean } | undefined {
  const under = document.elementFromPoint(event.clientX, event.clientY)?.closest<HTMLElement>('[data-head]');
  const id = under?.dataset['head'];
  if (under === null || under === undefined || id === undefined) return undefined;
  const box = under.getBoundingClientRect();
  return { id, after: event.clientX > box.left + box.width / 2 };
}

/** Names of the columns; drag one to move it, its edge to resize it. */
export function EventHeader(props: {
  readonly unit: Unit;
  readonly columns: readonly ShownColumn[];
  readonly time: TimeMode;
  /** What the list is sorted by; undefined: it stands as captured. */
  readonly sort: SortSpec | undefined;
  /** What it is being sorted by. */
  readonly sorting: SortSpec | undefined;
  readonly onSort: (column: string) => void;
}): ReactNode {
  const { unit, columns, time, sort, sorting, onSort } = props;
  const [drag, setDrag] = useState<Drag | undefined>(undefined);
  const pressed = useRef<{ readonly id: string; readonly x: number } | undefined>(undefined);

  const drop = (): void => {
    const from = pressed.current;
    pressed.current = undefined;
    if (drag === undefined && from !== undefined) onSort(from.id);
    if (drag?.over === undefined || drag.over === drag.id) {
      setDrag(undefined);
      return;
    }
    const ids = columns.map(({ column }) => column.id);
    const before = drag.after ? ids[ids.indexOf(drag.over) + 1] : drag.over;
    if (before !== drag.id) moveColumn(unit, drag.id, before);
    setDrag(undefined);
  };

  return (
    <div className="grid-row head" role="row" aria-rowindex={1}>
      {columns.map(({ column, startResize, isResizing }) => {
        const isOver = drag?.over === column.id && drag.id !== column.id;
        const classes = ['grid-headcell'];
        if (column.end === true) classes.push('end');
        if (drag?.id === column.id) classes.push('dragged');
        if (isOver) classes.push(drag.after ? 'drop-after' : 'drop-before');
        const by = sortOfColumn(column.id);
        const order = by !== undefined && sort?.by === by ? (sort.descending ? 'descending' : 'ascending') : undefined;
        if (by !== undefined) classes.push('sortable');
        if (by !== undefined && sorting?.by === by) classes.push('sorting');
        return (
          <div
            key={column.id}
            role="columnheader"
            className={classes.join(' ')}
            data-head={column.id}
            {...(order === undefined ? {} : { 'aria-sort': order })}
            title={`${column.title}${by === undefined ? '' : ' · click to sort'} · drag to move, drag the edge to resize`}
            onPointerDown={(event) => {
              if (event.button !== 0) return;
              pressed.current = { id: column.id, x: event.clientX };
              event.currentTarget.setPointerCapture(event.pointerId);
            }}
            onPointerMove={(event) => {
              const from = pressed.current;
              if (from === undefined) return;
              if (drag === undefined && Math.abs(event.clientX - from.x) < dragThreshold) return;
              const under = columnUnder(event);
              setDrag({ id: from.id, startX: from.x, over: under?.id, after: under?.after ?? false });
            }}
            onPointerUp={drop}
            onPointerCancel={() => {
              pressed.current = undefined;
              setDrag(undefined);
            }}
          >
            {column.header(time)}
            {order === undefined ? null : <span aria-hidden="true"> {order === 'descending' ? '↓' : '↑'}</span>}
            <span
              className={`grid-grip${isResizing ? ' active' : ''}`}
              aria-hidden="true"
              data-grip={column.id}
              onPointerDown={(event) => event.stopPropagation()}
              onMouseDown={startResize}
              onTouchStart={startResize}
              onDoubleClick={() => setColumnWidth(unit, column.id, undefined)}
            />
          </div>
        );
      })}
    </div>
  );
}
