import { memo, type ReactNode } from 'react';
import { eventText } from '../format/number';
import type { CellContext, EventColumn } from './columns';
import type { Row } from './rows';

export interface EventRowProps {
  readonly id: string;
  readonly position: number;
  /** Undefined until it is fetched. */
  readonly row: Row | undefined;
  readonly columns: readonly EventColumn[];
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
  const { id, position, row, columns, context, isSelected } = props;
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
      <Cells row={row} columns={columns} context={context} />
    </div>
  );
});

/**
 * While a row is fetched, its cells keep what they showed and are hidden with it: to empty them and then to fill them would
 * have the browser lay them out twice with every step of a scroll.
 */
const Cells = memo(
  function Cells({ row, columns, context }: Pick<EventRowProps, 'row' | 'columns' | 'context'>): ReactNode {
    return columns.map((column) => (
      <div
        key={column.id}
        role="gridcell"
        data-column={column.id}
        className={`grid-cell${column.end === true ? ' end' : ''}${column.mono === true ? ' mono' : ''}`}
      >
        {row === undefined ? null : column.cell(row, context)}
      </div>
    ));
  },
  (before, now) =>
    now.row === undefined ||
    (now.row === before.row && now.columns === before.columns && now.context === before.context),
);
