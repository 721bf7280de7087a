import { useCallback, useId, useState, type ReactNode } from 'react';
import type { FieldInfo } from '../../workers/protocol';
import { useQuery } from '../base/use-query';
import { ask } from '../capture/session';
import { Popover } from '../components/popover';
import { columnOf } from '../events/columns';
import { addField, removeField, setColumnHidden, setColumnWidth, shiftColumn, useLayout } from '../events/use-columns';
import { fieldsIn, formatOf, isField, layoutOf, layoutOfFormat, presets } from '../state/columns';
import type { TabId, Unit } from '../state/model';
import { store } from '../state/store';
import { showOverlay } from './commands';

/** What is wrong with the name of a field; undefined when nothing is. */
function objection(name: string, catalogue: readonly FieldInfo[]): string | undefined {
  const info = catalogue
    .filter((one) => name === one.name || (one.argument !== 'none' && (name.startsWith(`${one.name}.`) || name.startsWith(`${one.name}[`))))
    .sort((a, b) => b.name.length - a.name.length)[0];
  if (info === undefined || !isField(name)) return `There is no field ${name}.`;
  return info.argument === 'required' && info.name === name ? `${name} needs an argument: ${name}[0], or a name behind a dot.` : undefined;
}

/** Columns by keyboard: shown or not, their order, their width; fields, column sets, and all of it as a format. */
export function ColumnsMenu({ tabId, unit }: { readonly tabId: TabId; readonly unit: Unit }): ReactNode {
  const layout = useLayout(unit);
  const close = useCallback(() => showOverlay('none'), []);
  const fields = useQuery('fields', (signal) => ask(tabId, 'fieldCatalogue', {}, signal));
  const catalogue = fields.status === 'ready' ? fields.value : [];
  return (
    <Popover label="Columns" onClose={close}>
      <ul className="columns">
        {layout.order.map((id, at) => {
          const column = columnOf(unit, id);
          if (column === undefined) return null;
          const isHidden = layout.hidden.includes(id);
          const width = layout.widths[id] ?? column.width;
          return (
            <li key={id}>
              <label className={isField(id) ? 'mono' : undefined}>
                <input
                  type="checkbox"
                  checked={!isHidden}
                  onChange={() => setColumnHidden(unit, id, !isHidden)}
                />{' '}
                {column.title}
              </label>
              {isField(id) ? (
                <button type="button" className="icon" aria-label={`Remove: ${column.title}`} onClick={() => removeField(unit, id)}>
                  ×
                </button>
              ) : null}
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
      <AddField unit={unit} catalogue={catalogue} />
      <FormatInput unit={unit} format={formatOf(layout)} catalogue={catalogue} />
      <div className="column-sets" role="group" aria-label="Column sets">
        {presets.map(({ name, ids }) => (
          <button
            key={name}
            type="button"
            className="button slim"
            onClick={() => store.dispatch({ type: 'columns', unit, layout: ids === undefined ? undefined : layoutOf(unit, ids[unit]) })}
          >
            {name}
          </button>
        ))}
      </div>
    </Popover>
  );
}

/** A field by its name, completed from the catalogue. */
function AddField({ unit, catalogue }: { readonly unit: Unit; readonly catalogue: readonly FieldInfo[] }): ReactNode {
  const [name, setName] = useState('');
  const [wrong, setWrong] = useState<string | undefined>(undefined);
  const listId = useId();
  return (
    <form
      className="column-line"
      onSubmit={(event) => {
        event.preventDefault();
        const field = name.trim();
        const mistake = objection(field, catalogue);
        setWrong(mistake);
        if (mistake !== undefined) return;
        addField(unit, field);
        setName('');
      }}
    >
      <label>
        Add a field
        <input
          type="text"
          className="mono"
          list={listId}
          autoComplete="off"
          spellCheck={false}
          placeholder="user.name"
          value={name}
          onChange={(event) => {
            setWrong(undefined);
            setName(event.currentTarget.value);
          }}
        />
      </label>
      <datalist id={listId}>
        {catalogue.map((field) => (
          <option key={field.name} value={field.name}>
            {field.says}
          </option>
        ))}
      </datalist>
      <button type="submit" className="button slim" disabled={name.trim() === '' || catalogue.length === 0}>
        Add
      </button>
      <p role="status" className="column-wrong">
        {wrong}
      </p>
    </form>
  );
}

/** The columns as `sysdig -p` takes them, and the other way round. */
function FormatInput(props: { readonly unit: Unit; readonly format: string; readonly catalogue: readonly FieldInfo[] }): ReactNode {
  const { unit, format, catalogue } = props;
  // What is typed counts until the columns are others.
  const [typed, setTyped] = useState<{ readonly over: string; readonly text: string; readonly wrong?: string | undefined }>({ over: format, text: format });
  const { text, wrong } = typed.over === format ? typed : { text: format };
  return (
    <form
      className="column-line"
      onSubmit={(event) => {
        event.preventDefault();
        const fields = fieldsIn(text);
        const mistakes = fields.flatMap((field) => objection(field, catalogue) ?? []);
        const mistake = fields.length === 0 ? 'There is no field in it: %evt.num %proc.name' : mistakes[0];
        setTyped({ over: format, text, wrong: mistake });
        if (mistake === undefined) store.dispatch({ type: 'columns', unit, layout: layoutOfFormat(unit, text) });
      }}
    >
      <label>
        As a format
        <input
          type="text"
          className="mono"
          autoComplete="off"
          spellCheck={false}
          value={text}
          onChange={(event) => {
            setTyped({ over: format, text: event.currentTarget.value });
          }}
        />
      </label>
      <button type="submit" className="button slim" disabled={text === format || catalogue.length === 0}>
        Show
      </button>
      <p role="status" className="column-wrong">
        {wrong}
      </p>
    </form>
  );
}
