/** What a menu offers for something shown that a filter can ask for. */
import { ask } from '../capture/session';
import type { MenuEntry } from '../components/menu';
import { sentence } from '../messages/messages';
import type { TabId } from '../state/model';
import { placeOf, tabById } from '../state/select';
import { store, tell } from '../state/store';
import { addField, arrangedLayout } from '../events/use-columns';
import { formatOf, isField } from '../state/columns';
import { applyFilter } from './moves';
import { both, check, either, sysdigCommand, type Relation, type Term } from './terms';

function filterOf(id: TabId): string {
  const tab = tabById(store.get(), id);
  return tab === undefined ? '' : placeOf(tab).filter;
}

const signs: Readonly<Record<Relation, string>> = { '=': '=', '!=': '≠', '>=': '≥', '<=': '≤' };

/** With a filter: and, or, only this; without one, just this. */
export function termEntries(id: TabId, term: Term): readonly MenuEntry[] {
  const filter = filterOf(id);
  const [first, second]: readonly [Relation, Relation] =
    term.isAmount === true && term.value !== undefined ? ['>=', '<='] : ['=', '!='];
  const entry = (words: string, wanted: string | undefined, shown = wanted): readonly MenuEntry[] =>
    wanted === undefined
      ? []
      : [{ id: `${words} ${term.field}`, label: `${words}: ${shown ?? ''}`, run: () => void applyFilter(id, wanted) }];
  const one = check(term, first);
  const other = check(term, second);
  if (one === undefined || other === undefined) return [];
  if (filter === '') return [...entry(`${signs[first]} this`, one), ...entry(`${signs[second]} this`, other)];
  return [
    ...entry(`and ${signs[first]} this`, both(filter, one), one),
    ...entry(`and ${signs[second]} this`, both(filter, other), other),
    ...entry('or', either(filter, one), one),
    ...entry('only this', one),
  ];
}

/** Shows the field of something shown as a column of the list. */
export function columnEntry(id: TabId, { field }: Term): readonly MenuEntry[] {
  const tab = tabById(store.get(), id);
  if (tab === undefined || !isField(field)) return [];
  return [{ id: `column ${field}`, label: `Show ${field} as a column`, run: () => addField(placeOf(tab).unit, field) }];
}

/** Copies the line that asks sysdig for what the list shows. */
export async function copyCommand(id: TabId): Promise<void> {
  const tab = tabById(store.get(), id);
  if (tab === undefined) return;
  const layout = arrangedLayout(placeOf(tab).unit);
  const format = layout === undefined ? '' : formatOf(layout);
  const { filter, follow } = placeOf(tab);
  const checked = filter === '' ? undefined : await ask(id, 'checkFilter', { text: filter });
  // The printed form is what every sysdig reads.
  const printed = checked?.ok === true && checked.value.isAccepted ? checked.value.text : filter;
  try {
    await navigator.clipboard.writeText(sysdigCommand(tab.names, printed, format));
  } catch (cause) {
    tell(sentence({ kind: 'not-copied', reason: cause instanceof Error ? cause.message : 'the browser refused' }), 'alert');
    return;
  }
  const own = /\bss\.[a-z_]+/.exec(`${printed} ${format}`)?.[0];
  if (own !== undefined) tell(`Copied the sysdig command. Sysdig does not know ${own}: that field is ours.`, 'alert');
  else if (follow === undefined) tell('Copied the sysdig command.');
  else tell('Copied the sysdig command. It asks for the whole capture: sysdig cannot follow one file descriptor.', 'alert');
}
