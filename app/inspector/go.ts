import type { ListSpec } from '../../workers/protocol';
import { ask } from '../capture/session';
import { showInConversation } from '../conversations/moves';
import { goToRow, showAmongEvents } from '../events/moves';
import type { EventName, TabId } from '../state/model';
import { tabById } from '../state/select';
import { store } from '../state/store';

const events: ListSpec = { unit: 'events' };

/** Goes to an event: to its call in the conversation that is open, else to its row among the events. */
export async function goToEvent(id: TabId, event: EventName): Promise<void> {
  const tab = tabById(store.get(), id);
  if (tab === undefined) return;
  const isConversation = tab.view === 'conversations' && tab.open !== undefined;
  if (isConversation && (await showInConversation(id, event))) return;
  const located = 'row' in event ? undefined : await ask(id, 'locate', { list: events, at: event });
  const row = 'row' in event ? event.row : located?.ok === true ? located.value?.row : undefined;
  if (row === undefined) return;
  if (tab.view === 'events') await goToRow(id, row);
  else await showAmongEvents(id, row);
}
