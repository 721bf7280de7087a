/** Every way to move through findings. */
import { tabById } from '../state/select';
import { store } from '../state/store';
import type { TabId } from '../state/model';

export function selectFinding(id: TabId, position: number): void {
  const count = tabById(store.get(), id)?.findings?.length ?? 0;
  if (count === 0) return;
  store.dispatch({ type: 'finding-selected', id, finding: Math.min(Math.max(0, position), count - 1) });
}

/** Goes to where a finding happened: its conversation, at the call that it is about. */
export function openFinding(id: TabId, position?: number): void {
  const tab = tabById(store.get(), id);
  const at = position ?? tab?.finding;
  const finding = at === undefined ? undefined : tab?.findings?.[at];
  if (finding === undefined || at === undefined) return;
  store.dispatch({ type: 'finding-selected', id, finding: at });
  const num = finding.evts.at(-1);
  const section = finding.sections?.at(-1);
  store.dispatch({
    type: 'conversation-opened',
    id,
    name: finding.life === null ? { key: finding.key } : { key: finding.key, life: finding.life },
    ...(num === undefined
      ? {}
      : { wish: { selected: section === undefined ? { num } : { num, section }, mark: undefined } }),
  });
}
