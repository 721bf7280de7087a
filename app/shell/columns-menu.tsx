import { useCallback, type ReactNode } from 'react';
import { Popover } from '../components/popover';
import { columnById } from '../events/columns';
import { setColumnHidden, setColumnWidth, shiftColumn, useLayout } from '../events/use-columns';
import type { Unit } from '../state/model';
import { store } from '../state/store';
import { showOverlay } from './commands';

/** Columns by keyboard: shown or not, their order, their width. */
export function ColumnsMenu({ unit }: { readonly unit: Unit }): ReactNode {
  const layout = useLayout(unit);
  const close = useCallback(() => showOverlay('none'), []);
  return (
    <Popover label="Columns" onClose={close}>
      <ul className="columns">
        {layout.order.map((id, at) => {
          const column = columnById[unit].get(id);
          if (column === undefined) return null;
          const isHidden = layout.hidden.includes(id);
          const width = layout.widths[id] ?? column.width;
          return (
            <li key={id}>
              <label>
                <input
                  type="checkbox"
                  checked={!isHidden}
                  onChange={() => setColumnHidden(unit, id, !isHidden)}
                />{' '}
                {column.title}
              </label>
              <button type="button" className="icon" aria-label={`Narrower: ${column.title}`} onClick={() => setColumnWidth(unit, id, width - 16)}>
                −
              </button>
              <button type="button" className="icon" aria-label={`Wider: ${column.title}`} onClick={() => setColumnWidth(unit, id, width + 16)}>
                +
              </button>
              <button type="button" className="icon" disabled={at === 0} aria-label={`Earlier: ${column.title}`} onClick={() => shiftColumn(unit, id, -1)}>
                ↑
              </button>
              <button
                type="button"
                className="icon"
                disabled={at === layout.order.length - 1}
                aria-label={`Later: ${column.title}`}
                onClick={() => shiftColumn(unit, id, 1)}
              >
                ↓
              </button>
            </li>
          );
        })}
      </ul>
      <button
        type="button"
        className="link"
        onClick={() => store.dispatch({ type: 'columns', unit, layout: undefined })}
      >
        Usual columns
      </button>
    </Popover>
  );
}
