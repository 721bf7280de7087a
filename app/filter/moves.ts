/** Applies filters to the list of events; the box, the cells and the palette all end here. */
import { flushSync } from 'react-dom';
import type { FilterCheck } from '../../workers/protocol';
import { begin } from '../base/idle';
import { ask } from '../capture/session';
import { fetchFacts, relisted } from '../events/moves';
import { fetchAhead, withAhead } from '../events/windows';
import { sentence } from '../messages/messages';
import { startPlace, type Place, type TabId } from '../state/model';
import { listKey, listOf, placeOf, tabById } from '../state/select';
import { store, tell } from '../state/store';
import { isWritableFilter, maxFilter } from '../url/fields';
import { grouped } from '../format/number';
import { rememberFilter } from './history';
import { isDone, noteSought, runFilterPast, screenful } from './run';

/** Reads a filter as the box does: what no link could hold is a mistake too. Undefined while the engine cannot tell. */
export async function checkFilter(id: TabId, text: string, signal?: AbortSignal): Promise<FilterCheck | undefined> {
  if (!isWritableFilter(text)) {
    const message =
      text.length > maxFilter
        ? `a filter has at most ${grouped(maxFilter)} characters, this one has ${grouped(text.length)}`
        : 'a hidden character stands in the filter: write it as an escape in quotes, such as "\\x0a"';
    const at = Math.max(0, text.length > maxFilter ? maxFilter : [...text.matchAll(/./gsu)].find(([one]) => !isWritableFilter(one))?.index ?? 0);
    return { isAccepted: false, mistake: { at, length: 1, message, suggestion: null } };
  }
  if (checked?.text === text) return checked.check;
  const answer = await ask(id, 'checkFilter', { text }, signal);
  if (!answer.ok) return undefined;
  checked = { text, check: answer.value };
  return answer.value;
}

/** The last text that was read: what is applied was typed before. */
let checked: { readonly text: string; readonly check: FilterCheck } | undefined;

/** Whether a text is known to be a filter. */
export const isKnownFilter = (text: string): boolean => checked?.text === text && checked.check.isAccepted;

let applying: AbortController | undefined;

/** The row that the place is about: the selected one, else the first in view. */
async function anchorOf(id: TabId, place: Place): Promise<number | undefined> {
  if (place.selected?.facts !== undefined) return place.selected.facts.row;
  if (place.top < 1) return undefined;
  return (await fetchFacts(id, listOf(place), Math.floor(place.top)))?.row;
}

/**
 * Shows only what passes a filter; '' shows everything again. The selected row stays, or the nearest one that passes.
 * False when the filter has a mistake: then it stands in the box, which says what is wrong.
 */
export async function applyFilter(id: TabId, text: string): Promise<boolean> {
  applying?.abort();
  const abort = new AbortController();
  applying = abort;
  const filter = text.trim();
  const before = tabById(store.get(), id);
  if (before === undefined) return false;
  const end = begin();
  try {
    const check = await checkFilter(id, filter, abort.signal);
    if (abort.signal.aborted || check === undefined) return false;
    if (!check.isAccepted) {
      store.dispatch({ type: 'draft', id, draft: text });
      return false;
    }
    rememberFilter(filter);
    // A place that is still to be gone to is gone to with this filter.
    const { wish } = tabById(store.get(), id) ?? {};
    if (wish !== undefined) store.dispatch({ type: 'wished', id, wish: { ...wish, filter } });
    if (before.view !== 'events') store.dispatch({ type: 'view-shown', id, view: 'events' });
    const place = placeOf(before);
    if (place.filter === filter) {
      store.dispatch({ type: 'draft', id, draft: undefined });
      return true;
    }
    await show(id, place, filter, abort.signal);
    return true;
  } finally {
    end();
  }
}

/** Whether a list is looked at from its first row, in the order of the capture: then every other is as well. */
function isFromTop({ selected, top, sort }: Place): boolean {
  return selected === undefined && top < 1 && sort === undefined;
}

async function show(id: TabId, place: Place, filter: string, signal: AbortSignal): Promise<void> {
  const next: Place = { ...place, filter };
  const isOvertaken = (): boolean => signal.aborted;
  const row = await anchorOf(id, place);
  let isThere = true;
  if (filter !== '') {
    const begun = await runFilterPast(id, filter, undefined, signal);
    if (isOvertaken()) return;
    if (!begun.ok) {
      if (begun.error.kind !== 'cancelled') tell(sentence(begun.error), 'alert');
      return;
    }
    isThere = isDone(begun.value) || row === undefined || begun.value.looked > row;
    if (row === undefined && isFromTop(place)) {
      const ahead = await fetchAhead(id, listOf(next), screenful());
      if (isOvertaken()) return;
      // In one go: a list without its rows would be drawn for nothing.
      const top: Place = { ...next, selected: undefined, mark: undefined, top: 0, topName: undefined };
      withAhead(ahead, () =>
        flushSync(() => {
          store.dispatch({ type: 'filtered', id, place: top });
          noteSought(id, filter, begun.value);
        }),
      );
      return;
    }
  }
  if (isThere) {
    const there = await relisted(id, place, next);
    if (!isOvertaken()) store.dispatch({ type: 'filtered', id, place: there });
    return;
  }
  // What has been found so far is shown meanwhile.
  store.dispatch({ type: 'filtered', id, place: { ...startPlace, unit: place.unit, follow: place.follow, filter } });
  const far = await runFilterPast(id, filter, row, signal);
  if (!far.ok || isOvertaken()) return;
  const there = await relisted(id, place, next);
  const now = tabById(store.get(), id);
  if (now === undefined || isOvertaken()) return;
  // The user has moved on in the meantime. That the list was scrolled says nothing: it does so by itself as it grows.
  if (listKey(listOf(placeOf(now))) !== listKey(listOf(next)) || placeOf(now).selected !== undefined) return;
  store.dispatch({ type: 'place-replaced', id, place: there });
}
