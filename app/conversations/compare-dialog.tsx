/** Asks what to compare the open conversation with: another life, or any conversation of any open capture. */
import { useId, useState, type KeyboardEvent, type ReactNode } from 'react';
import type { ConversationName } from '../../workers/protocol';
import { useLatest } from '../base/use-query';
import { ask } from '../capture/session';
import { Dialog } from '../components/dialog';
import { counted, grouped } from '../format/number';
import { seconds } from '../format/time';
import { visible } from '../format/visible';
import type { OpenConversation, Tab } from '../state/model';
import { store, useApp } from '../state/store';
import { listRowAt, type ListRow } from './list-rows';
import { isSame } from './moves';
import './conversations.css';

/** Conversations that are offered at once. */
const offered = 200;

export function CompareDialog(props: {
  readonly tab: Tab;
  readonly open: OpenConversation;
  readonly onClose: () => void;
}): ReactNode {
  const { tab, open, onClose } = props;
  const tabs = useApp((state) => state.tabs);
  const ready = tabs.filter(({ summary }) => summary !== undefined);
  const [chosen, setChosen] = useState(tab.id);
  const [narrow, setNarrow] = useState(open.name.key);
  const [at, setAt] = useState(0);
  const listId = useId();
  const query = { sort: 'start', descending: false, group: '', narrow: narrow.trim() } as const;
  const { state } = useLatest(`${chosen} ${query.narrow}`, (signal) =>
    ask(chosen, 'conversations', { query, first: 0, count: offered }, signal),
  );
  const window = state.status === 'ready' ? state.value : undefined;
  const rows: ListRow[] = [];
  for (let position = 0; window !== undefined && position < window.length; position += 1) {
    const row = listRowAt(window, position);
    if (row !== undefined && !(chosen === tab.id && isSame(row.name, open.name))) rows.push(row);
  }
  const current = rows[Math.min(at, rows.length - 1)];
  const choose = (name: ConversationName): void => {
    const fingerprint = tabs.find(({ id }) => id === chosen)?.summary?.fingerprint;
    if (fingerprint === undefined) return;
    onClose();
    store.dispatch({ type: 'conversation-changed', id: tab.id, change: { against: { fingerprint, name } } });
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined && rows.length > 0) {
      event.preventDefault();
      setAt((Math.min(at, rows.length - 1) + step + rows.length) % rows.length);
    } else if (event.key === 'Enter' && current !== undefined) {
      event.preventDefault();
      choose(current.name);
    }
  };
  return (
    <Dialog label="Compare" className="palette compare" onClose={onClose}>
      <input
        className="palette-input"
        type="text"
        role="combobox"
        aria-label="Narrow"
        aria-expanded="true"
        aria-controls={listId}
        aria-activedescendant={current === undefined ? undefined : `${listId}-${rows.indexOf(current)}`}
        placeholder="Narrow by process, path, port, key"
        autoComplete="off"
        spellCheck={false}
        value={narrow}
        onChange={(event) => {
          setNarrow(event.currentTarget.value);
          setAt(0);
        }}
        onKeyDown={onKeyDown}
      />
      <div className="compare-captures">
        <label>
          With a conversation of{' '}
          <select
            className="button slim"
            value={chosen}
            onChange={(event) => {
              const next = ready.find(({ id }) => String(id) === event.currentTarget.value);
              if (next === undefined) return;
              setChosen(next.id);
              setAt(0);
              // Addresses of another recording say nothing here; what it has to the same path does.
              setNarrow(next.id === tab.id ? open.name.key : '');
            }}
          >
            {ready.map(({ id, names }) => (
              <option key={id} value={id}>
                {id === tab.id ? `this capture, ${visible(names[0] ?? '')}` : visible(names[0] ?? '')}
              </option>
            ))}
          </select>
        </label>
      </div>
      <ul className="palette-list" role="listbox" id={listId} aria-label="Conversations to compare with">
        {rows.map((row, index) => (
          // Keys are those of the box above, which keeps the focus.
          // eslint-disable-next-line jsx-a11y/click-events-have-key-events
          <li
            key={`${row.name.key}~${row.name.life ?? `x${index}`}`}
            id={`${listId}-${index}`}
            role="option"
            aria-selected={row === current}
            className="palette-item"
            onClick={() => choose(row.name)}
            ref={(element) => {
              if (row === current) element?.scrollIntoView({ block: 'nearest' });
            }}
          >
            <span>
              {visible(row.left)} → {row.right === '' ? 'outside' : visible(row.right)} {visible(row.place)}
            </span>
            <span className="dim">
              {row.isConnectOnly ? 'connect failed' : `life ${grouped(row.name.life ?? 1)}/${grouped(row.lives)}`}
              {row.startNs === undefined ? '' : ` · ${seconds(row.startNs).slice(0, -3)} s`} · {counted(row.calls, 'call')}
              {row.error === '' ? '' : ` · ✗ ${visible(row.error)}`}
            </span>
          </li>
        ))}
      </ul>
      {window !== undefined && rows.length === 0 ? <p className="palette-none">No other conversation shows this text.</p> : null}
      {window !== undefined && window.rows > offered ? (
        <p className="palette-none">The first {grouped(offered)} of {grouped(window.rows)}: narrow for others.</p>
      ) : null}
    </Dialog>
  );
}
