import type { ConversationDetail, HolderLine } from '../../workers/protocol';
import { useLatest, type Loadable } from '../base/use-query';
import { ask } from '../capture/session';
import type { OpenConversation, Tab } from '../state/model';
import { nameText } from './moves';

/** Everything about the conversation that is open; the value is undefined when there is no such. */
export function useDetail(tab: Tab, open: OpenConversation): Loadable<ConversationDetail | undefined> {
  const { id, tick } = tab;
  const { name } = open;
  const { state } = useLatest(`${id} ${nameText(name)} ${tick}`, (signal) => ask(id, 'conversation', { name }, signal));
  return state;
}

/** Who stands for an end: the first process that made a data call on it, else the first that held it. */
export function speakerOf(holders: readonly HolderLine[]): HolderLine | undefined {
  return holders.find(({ io }) => io) ?? holders[0];
}
