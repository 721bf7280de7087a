/** Windows of lists of events, with the values of the fields that columns show. */
import type { Answer, ListPosition, ListSpec } from '../../workers/protocol';
import { ask } from '../capture/session';
import { isField } from '../state/columns';
import type { TabId, Unit } from '../state/model';
import { listKey } from '../state/select';
import { columnOf } from './columns';
import type { ListWindow } from './rows';
import { arrangedLayout } from './use-columns';

/** Fetches rows of a list; `names` are those of fields. */
export async function fetchWindow(
  id: TabId,
  list: ListSpec,
  names: readonly string[],
  first: ListPosition,
  count: number,
  signal?: AbortSignal,
): Promise<Answer<ListWindow>> {
  const [answer, fields] = await Promise.all([
    ask(id, 'window', { list, first, count }, signal),
    names.length === 0 ? undefined : ask(id, 'fieldValues', { list, first, count, names }, signal),
  ]);
  // Where bytes cannot be read again, the window says so.
  return answer.ok ? { ok: true, value: { ...answer.value, names, values: fields?.ok === true ? fields.value : [] } } : answer;
}

/** Names of the fields that columns of a unit show, in the order of the columns. */
function fieldsOf(unit: Unit): readonly string[] {
  const layout = arrangedLayout(unit);
  return (layout?.order ?? []).filter((name) => isField(name) && layout?.hidden.includes(name) === false && columnOf(unit, name) !== undefined);
}

interface Ahead {
  readonly key: string;
  readonly window: ListWindow;
}

const keyOf = (id: TabId, list: ListSpec, names: readonly string[]): string => [id, listKey(list), ...names].join(' ');

let held: Ahead | undefined;

/** Fetches the first rows of a list that is to be shown, so that they are there with the list. */
export async function fetchAhead(id: TabId, list: ListSpec, count: number): Promise<Ahead | undefined> {
  const names = fieldsOf(list.unit);
  const answer = await fetchWindow(id, list, names, 0 as ListPosition, count);
  return answer.ok ? { key: keyOf(id, list, names), window: answer.value } : undefined;
}

/** Makes rows that were fetched ahead be there while `show` shows their list. */
export function withAhead(ahead: Ahead | undefined, show: () => void): void {
  held = ahead;
  try {
    show();
  } finally {
    held = undefined;
  }
}

/** The first rows of a list, where they were fetched ahead. */
export function heldAhead(id: TabId, list: ListSpec, names: readonly string[]): ListWindow | undefined {
  return held?.key === keyOf(id, list, names) ? held.window : undefined;
}
