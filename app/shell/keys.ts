/** The keyboard: finds the command of a key and runs it, unless the key belongs to what has the focus. */
import { store } from '../state/store';
import { commands, type Command } from './commands';

/** `Mod+k`, `Shift+ArrowDown`, `E`: how `commands` names the keys of an event. */
export function keyName(event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'shiftKey'>): string {
  const mod = event.ctrlKey || event.metaKey ? 'Mod+' : '';
  // A letter says by itself whether shift was held; with Ctrl or ⌘ only the key counts.
  if (event.key.length === 1) return mod === '' ? event.key : `${mod}${event.key.toLowerCase()}`;
  return `${mod}${event.shiftKey ? 'Shift+' : ''}${event.key}`;
}

const byKey: ReadonlyMap<string, readonly Command[]> = commands.reduce((map, command) => {
  for (const key of command.keys) map.set(key, [...(map.get(key) ?? []), command]);
  return map;
}, new Map<string, readonly Command[]>());

const isApple = /Mac|iPhone|iPad/.test(navigator.platform);

const keySigns: Readonly<Record<string, string>> = {
  ArrowDown: '↓',
  ArrowUp: '↑',
  PageDown: 'PgDn',
  PageUp: 'PgUp',
  Escape: 'Esc',
};

/** A key for people: `Ctrl K`, `⌘K`, `⇧↓`. */
export function keyText(name: string): string {
  return name
    .split('+')
    .map((part, at, all) => {
      if (part === '') return '+';
      if (part === 'Mod') return isApple ? '⌘' : 'Ctrl ';
      if (part === 'Shift') return '⇧';
      return keySigns[part] ?? (part.length === 1 && all.length > 1 && at > 0 ? part.toUpperCase() : part);
    })
    .join('');
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || target.matches('textarea, select, input:not([type=checkbox], [type=file])'))
  );
}

/** Parts of the page that use such keys themselves. */
const ownKeys = '[role=tablist], [role=tabpanel], [role=slider], [role=dialog], [role=listbox], summary, input, select';

/** Whether keys that move rows mean rows here. */
function isRowContext(target: EventTarget | null, key: string): boolean {
  if (!(target instanceof Element) || target === document.body || target.closest('[role=grid]') !== null) return true;
  // Enter presses what has the focus.
  return key !== 'Enter' && target.closest(ownKeys) === null;
}

function hasTextSelection(): boolean {
  return getSelection()?.isCollapsed === false;
}

function onKeyDown(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.altKey || event.isComposing) return;
  const state = store.get();
  const name = keyName(event);
  if (state.ui.overlay !== 'none' && name !== 'Mod+k') return;
  const isSingle = !name.startsWith('Mod+') && /^.$/u.test(event.key);
  if (isSingle && (isTyping(event.target) || !state.ui.singleKeys)) return;
  if (isTyping(event.target) && !name.startsWith('Mod+')) return;
  // What the user marked with the mouse is what Ctrl+C means.
  if (name === 'Mod+c' && (hasTextSelection() || isTyping(event.target))) return;
  const isLetter = isSingle && /^\p{L}$/u.test(event.key);
  const command = (byKey.get(name) ?? []).find(
    (one) => one.when(state) && (one.gridOnly !== true || isLetter || isRowContext(event.target, event.key)),
  );
  if (command === undefined) return;
  event.preventDefault();
  command.run();
}

export function startKeys(): void {
  document.addEventListener('keydown', onKeyDown);
}
