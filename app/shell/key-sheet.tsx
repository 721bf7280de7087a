import type { ReactNode } from 'react';
import { Dialog } from '../components/dialog';
import { store, useApp } from '../state/store';
import { commands, showOverlay, type Command } from './commands';
import { keyText } from './keys';

const groups: readonly Command['group'][] = ['Filter', 'Move', 'Conversation', 'View', 'Capture', 'Page'];

/** All keys at a glance. */
export function KeySheet(): ReactNode {
  const singleKeys = useApp((state) => state.ui.singleKeys);
  return (
    <Dialog label="Keys" className="sheet" onClose={() => showOverlay('none')}>
      <h2 className="dialog-title">Keys</h2>
      <div className="sheet-groups" role="region" aria-label="Keys by subject" tabIndex={0}>
        {groups.map((group) => {
          const own = commands.filter((command) => command.group === group && command.keys.length > 0);
          return (
            <section key={group} aria-label={group}>
              <h3>{group}</h3>
              <dl>
                {own.map((command) => (
                  <div key={command.id} className="sheet-line">
                    <dt className="keys">
                      {command.keys.map((key) => (
                        <kbd key={key}>{keyText(key)}</kbd>
                      ))}
                    </dt>
                    <dd>{command.title}</dd>
                  </div>
                ))}
              </dl>
            </section>
          );
        })}
      </div>
      <div className="sheet-foot">
        <label>
          <input
            type="checkbox"
            checked={singleKeys}
            onChange={(event) => store.dispatch({ type: 'ui', change: { singleKeys: event.currentTarget.checked } })}
          />{' '}
          Single letters are commands
        </label>
        <button type="button" className="button" onClick={() => showOverlay('none')}>
          Close
        </button>
      </div>
    </Dialog>
  );
}
