/** What a filter can ask for by a cell of the list. */
import type { Term } from '../filter/terms';
import { isField } from '../state/columns';
import type { Row } from './rows';

const number = (field: string, value: number | undefined): Term => ({
  field,
  value: value === undefined ? undefined : String(value),
});

/** What the recorder printed for a process that it did not know. */
const unknownProcess = '<NA>';

/** Sizes that are asked for have several names; the info text has the one of this call. */
function askedField(info: string): string | undefined {
  const name = /(?:^| )(size|len|length|count)=\d/.exec(info)?.[1];
  return name === undefined ? undefined : `evt.rawarg.${name}`;
}

/** Undefined where no filter can ask for what the cell shows. `firstNs` is the time of the capture's first event. */
export function termOfCell(column: string, row: Row, firstNs: bigint): Term | undefined {
  switch (column) {
    case 'num':
      return row.num === undefined ? undefined : number('evt.num', row.num);
    case 'exit':
      return row.exitNum === undefined ? undefined : number('evt.num', row.exitNum);
    case 'time':
      return { field: 'evt.rawtime', value: String(firstNs + BigInt(row.ns)), isAmount: true };
    case 'cpu':
      return number('evt.cpu', row.cpu);
    case 'process':
      return { field: 'proc.name', value: row.process === unknownProcess ? undefined : row.process };
    case 'dir':
      return { field: 'evt.dir', value: row.isExit ? '<' : '>' };
    case 'call':
    case 'type':
      return row.isUnknown ? undefined : { field: 'evt.type', value: row.type };
    case 'fd':
      return number('fd.num', row.fd);
    case 'fdname':
    case 'what':
      if (column === 'what' && row.fdName === '') return undefined;
      return { field: 'fd.name', value: row.fdName === '' ? undefined : row.fdName };
    case 'returned':
      if (row.errno !== '') return { field: 'evt.res', value: row.errno };
      return row.returned === undefined ? undefined : number('evt.rawres', row.returned);
    case 'asked': {
      const field = askedField(row.info);
      return field === undefined || row.requested === undefined ? undefined : number(field, row.requested);
    }
    case 'took':
      return row.latencyNs === undefined ? undefined : { ...number('evt.latency', row.latencyNs), isAmount: true };
    default:
      return isField(column) ? { field: column, value: row.fields[column] } : undefined;
  }
}
