import { useId, useState, type KeyboardEvent, type ReactNode } from 'react';
import { Dialog } from '../components/dialog';
import { useApp } from '../state/store';
import { commands, showOverlay, type Command } from './commands';
import { keyText } from './keys';

/** Commands whose words all begin with, or contain, what was typed. */
export function matching(all: readonly Command[], query: string): readonly Command[] {
  const words = query.toLowerCase().split(/\s+/).filter((word) => word !== '');
  return all.filter((command) => {
    const title = `${command.group} ${command.title}`.toLowerCase();
    return words.every((word) => title.includes(word));
  });
}

/** Every command that can be given now, with its keys. */
export function Palette(): ReactNode {
  const state = useApp((now) => now);
  const [query, setQuery] = useState('');
  const [chosen, setChosen] = useState(0);
  const listId = useId();
  const shown = matching(
    commands.filter((command) => command.id !== 'palette' && command.when(state)),
    query,
  );
  const at = Math.min(chosen, shown.length - 1);
  const current = shown[at];

  const run = (command: Command): void => {
    showOverlay('none');
    // The dialog first gives the focus back, so that the command can take it elsewhere.
    queueMicrotask(() => requestAnimationFrame(() => command.run()));
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined && shown.length > 0) {
      event.preventDefault();
      setChosen((at + step + shown.length) % shown.length);
    } else if (event.key === 'Enter' && current !== undefined) {
      event.preventDefault();
      run(current);
    }
  };
  return (
    <Dialog label="Commands" className="palette" onClose={() => showOverlay('none')}>
      <input
        className="palette-input"
        type="text"
        role="combobox"
        aria-label="Command"
        aria-expanded="true"
        aria-controls={listId}
        aria-activedescendant={current === undefined ? undefined : `${listId}-${current.id}`}
        placeholder="Type a command"
        value={query}
        onChange={(event) => {
          setQuery(event.currentTarget.value);
          setChosen(0);
        }}
        onKeyDown={onKeyDown}
      />
      <ul className="palette-list" role="listbox" id={listId} aria-label="Commands">
        {shown.map((command, index) => (
          <PaletteItem
            key={command.id}
            id={`${listId}-${command.id}`}
            command={command}
            isCurrent={index === at}
            onRun={() => run(command)}
          />
        ))}
      </ul>
      {shown.length === 0 ? <p className="palette-none">No such command.</p> : null}
    </Dialog>
  );
}

function PaletteItem(props: {
  readonly id: string;
  readonly command: Command;
  readonly isCurrent: boolean;
  readonly onRun: () => void;
}): ReactNode {
  const { id, command, isCurrent, onRun } = props;
  return (
    // Keys are those of the box above, which keeps the focus.
    // eslint-disable-next-line jsx-a11y/click-events-have-key-events
    <li
      id={id}
      role="option"
      aria-selected={isCurrent}
      className="palette-item"
      onClick={onRun}
      ref={(element) => {
        if (isCurrent) element?.scrollIntoView({ block: 'nearest' });
      }}
    >
      <span>{command.title}</span>
      <span className="keys">
        {command.keys.map((key) => (
          <kbd key={key}>{keyText(key)}</kbd>
        ))}
      </span>
    </li>
  );
}
