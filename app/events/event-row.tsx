import { memo, type ReactNode } from 'react';
import { eventText } from '../format/number';
import type { CellContext, EventColumn } from './columns';
import type { Row } from './rows';

export interface EventRowProps {
  /** That of the element, for the current row. */
  readonly id: string | undefined;
  readonly position: number;
  /** Undefined until it is fetched. */
  readonly row: Row | undefined;
  readonly columns: readonly EventColumn[];
  /** How many characters have room in each column. */
  readonly rooms: readonly number[];
  readonly context: CellContext;
  readonly isSelected: boolean;
  readonly isCurrent: boolean;
}

function rowClass({ row, isCurrent }: EventRowProps): string {
  const classes = ['grid-row'];
  if (row === undefined) classes.push('pending');
  if (row?.isError === true) classes.push('failed');
  if (row?.isUnknown === true) classes.push('unknown');
  if (isCurrent) classes.push('current');
  return classes.join(' ');
}

/** One call or event. */
export const EventRow = memo(function EventRow(props: EventRowProps): ReactNode {
  const { id, position, row, columns, rooms, context, isSelected } = props;
  return (
    <div
      id={id}
      role="row"
      className={rowClass(props)}
      aria-rowindex={position + 2}
      aria-selected={isSelected}
      data-position={position}
      data-evt-num={row?.num === undefined ? undefined : eventText(row.num, row.section)}
      data-exit-num={row?.exitNum === undefined ? undefined : eventText(row.exitNum, row.exitSection)}
    >
      <Cells row={row} columns={columns} rooms={rooms} context={context} />
    </div>
  );
});

const ascii = /^[ -~]*$/;

/** Whether a text is shown whole: what need not be cut at the edge of its cell is painted in half the time. */
function isRoomy(content: ReactNode, room: number): boolean {
  return typeof content === 'string' && content.length <= room && ascii.test(content);
}

function cellClass(column: EventColumn, row: Row | undefined, content: ReactNode, room: number): string {
  let classes = 'grid-cell';
  if (column.end === true) classes += ' end';
  if (column.mono === true) classes += ' mono';
  const tone = row === undefined ? undefined : column.tone?.(row);
  if (tone !== undefined) classes += ` ${tone}`;
  return isRoomy(content, room) ? `${classes} roomy` : classes;
}

/**
 * While a row is fetched, its cells keep what they showed and are hidden with it: to empty them and then to fill them would
 * have the browser lay them out twice with every step of a scroll.
 */
const Cells = memo(
  function Cells({ row, columns, rooms, context }: Pick<EventRowProps, 'row' | 'columns' | 'rooms' | 'context'>): ReactNode {
    return columns.map((column, at) => {
      const content = row === undefined ? null : column.cell(row, context);
      return (
        <div key={column.id} role="gridcell" data-column={column.id} className={cellClass(column, row, content, rooms[at] ?? 0)}>
          {content}
        </div>
      );
    });
  },
  (before, now) =>
    now.row === undefined ||
    (now.row === before.row && now.columns === before.columns && now.rooms === before.rooms && now.context === before.context),
);
