import { useRef, type ReactNode } from 'react';
import { findText, stopFinding } from '../events/moves';
import type { TabId } from '../state/model';
import { store, useApp } from '../state/store';

const setFind = (find: string): void => store.dispatch({ type: 'preferences', change: { find } });

/** Takes the place of the filter editor until that is there: finds text in the rows that are shown. */
/** What Enter in the box does: find in the rows, go on in the narrowed list, or find among the events. */
type Use = 'find' | 'narrow' | 'events';

const placeholders: Readonly<Record<Use, string>> = {
  find: 'Find text in rows: Enter for the next match, Shift+Enter for the one before',
  narrow: 'Narrow by text: processes, path, port, key, error, protocol',
  events: 'Find text among the events',
};

export function FilterBox({ tabId, use }: { readonly tabId: TabId; readonly use: Use }): ReactNode {
  const find = useApp((state) => state.preferences.find);
  const finding = useApp((state) => state.ui.finding);
  const input = useRef<HTMLInputElement>(null);
  const leave = (): void => {
    input.current?.blur();
    document.querySelector<HTMLElement>('[role=grid]')?.focus();
  };
  return (
    <div className="filter">
      <input
        ref={input}
        id="filter"
        type="text"
        aria-label="Filter"
        placeholder={placeholders[use]}
        autoComplete="off"
        autoCorrect="off"
        spellCheck={false}
        value={find}
        onChange={(event) => {
          stopFinding();
          setFind(event.currentTarget.value);
        }}
        onKeyDown={(event) => {
          if (event.nativeEvent.isComposing) return;
          if (event.key === 'Enter') {
            event.preventDefault();
            if (use === 'narrow') leave();
            else {
              if (use === 'events') store.dispatch({ type: 'view-shown', id: tabId, view: 'events' });
              void findText(tabId, find, event.shiftKey ? -1 : 1);
            }
          } else if (event.key === 'Escape') {
            event.preventDefault();
            stopFinding();
            if (find === '') leave();
            else setFind('');
          } else if (event.key === 'ArrowDown') {
            event.preventDefault();
            leave();
          }
        }}
      />
      <span className="filter-state" aria-live="polite">
        {finding === 'running' ? 'searching…' : finding === 'none' ? 'no further match' : ''}
      </span>
    </div>
  );
}
