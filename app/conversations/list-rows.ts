/** Reads single rows out of a window of the list of conversations. */
import type { ConversationName, ConversationWindow } from '../../workers/protocol';

export interface ListRow {
  readonly name: ConversationName;
  /** A connect that failed. */
  readonly isConnectOnly: boolean;
  readonly lives: number;
  readonly family: string;
  /** What its bytes look like, or ''. */
  readonly protocol: string;
  readonly left: string;
  readonly right: string;
  readonly place: string;
  readonly startNum: number | undefined;
  readonly startNs: number | undefined;
  readonly durationNs: number | undefined;
  readonly calls: number;
  readonly there: number | undefined;
  readonly back: number | undefined;
  readonly unread: number;
  readonly refused: number;
  readonly error: string;
  readonly group: string;
  /** What its group comes to, on the first row of it. */
  readonly groupSum: GroupSum | undefined;
}

export interface GroupSum {
  readonly conversations: number;
  readonly calls: number;
  readonly there: number;
  readonly back: number;
  readonly unread: number;
  readonly refused: number;
}

function groupSumOf(window: ConversationWindow, i: number): GroupSum | undefined {
  const conversations = defined(window.groupSize[i]);
  if (conversations === undefined) return undefined;
  const sum = (column: Float64Array): number => column[i] ?? 0;
  return {
    conversations,
    calls: sum(window.groupCalls),
    there: sum(window.groupThere),
    back: sum(window.groupBack),
    unread: sum(window.groupUnread),
    refused: sum(window.groupRefused),
  };
}

function defined(value: number | undefined): number | undefined {
  return value === undefined || Number.isNaN(value) ? undefined : value;
}

const read = new WeakMap<ConversationWindow, (ListRow | undefined)[]>();

/** The row at a position of the list, if the window has it. */
export function listRowAt(window: ConversationWindow, position: number): ListRow | undefined {
  const i = position - window.first;
  if (i < 0 || i >= window.length) return undefined;
  let rows = read.get(window);
  if (rows === undefined) {
    rows = [];
    read.set(window, rows);
  }
  rows[i] ??= readRow(window, i);
  return rows[i];
}

function readRow(window: ConversationWindow, i: number): ListRow {
  const key = window.key[i] ?? '';
  const life = defined(window.life[i]);
  const group = window.group[i] ?? '';
  return {
    name: life === undefined ? { key } : { key, life },
    isConnectOnly: life === undefined,
    lives: window.lives[i] ?? 0,
    family: window.family[i] ?? '',
    protocol: window.protocol[i] ?? '',
    left: window.left[i] ?? '',
    right: window.right[i] ?? '',
    place: window.place[i] ?? '',
    startNum: defined(window.startNum[i]),
    startNs: defined(window.startNs[i]),
    durationNs: defined(window.durationNs[i]),
    calls: window.calls[i] ?? 0,
    there: defined(window.there[i]),
    back: defined(window.back[i]),
    unread: window.unread[i] ?? 0,
    refused: window.refused[i] ?? 0,
    error: window.error[i] ?? '',
    group,
    groupSum: groupSumOf(window, i),
  };
}
