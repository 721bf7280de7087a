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
import { both, check, either, isInexact, sysdigCommand, withoutHidden, type Relation, type Term } from './terms';

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
  const entry = (words: string, relation: Relation, join: (check: string) => string = (one) => one): MenuEntry => ({
    id: `${words} ${term.field}`,
    label: `${words}: ${check(term, relation)}`,
    run: () => void exact(id, term).then((known) => (known === undefined ? undefined : applyFilter(id, join(check(known, relation))))),
  });
  if (filter === '') return [entry(`${signs[first]} this`, first), entry(`${signs[second]} this`, second)];
  const and = (one: string): string => both(filter, one);
  return [
    entry(`and ${signs[first]} this`, first, and),
    entry(`and ${signs[second]} this`, second, and),
    entry('or', first, (one) => either(filter, one)),
    entry('only this', first),
  ];
}

/** The same with every byte of its value; undefined, and told, when the engine does not know them. */
async function exact(id: TabId, term: Term): Promise<Term | undefined> {
  const { row, field } = term;
  const tab = tabById(store.get(), id);
  if (!isInexact(term)) return term;
  const answer = row === undefined || tab === undefined ? undefined : await ask(id, 'literal', { row, unit: placeOf(tab).unit, field });
  if (answer?.ok === true && answer.value !== undefined) return { ...term, literal: withoutHidden(answer.value) };
  tell(answer?.ok === false ? sentence(answer.error) : `Not every byte of this ${field} is known: no filter can ask for it.`, 'alert');
  return undefined;
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
