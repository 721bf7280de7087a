/**
 * The engines of the open captures, one per tab. Everything the page asks of an engine goes through `ask`, so that it
 * is counted as under way and a file that went away is noticed wherever it shows first.
 */
import { createCapture, type CaptureClient } from '../../workers/client';
import type { Answer, RequestName, Requests } from '../../workers/protocol';
import { track } from '../base/idle';
import type { TabId } from '../state/model';
import { store } from '../state/store';

/** A file and how it can be had again later. */
export interface Source {
  readonly file: File;
  readonly handle?: FileSystemFileHandle;
  /** Where it was fetched: an address below the page for samples, else on another host. */
  readonly src?: string;
}

export interface Session {
  readonly client: CaptureClient;
  readonly sources: readonly Source[];
}

const sessions = new Map<TabId, Session>();
let lastTab = 0;

export function newTabId(): TabId {
  lastTab += 1;
  return lastTab as TabId;
}

export function sessionOf(id: TabId): Session | undefined {
  return sessions.get(id);
}

/** Starts an engine for a tab; one that the tab had before is ended. */
export function startSession(id: TabId, sources: readonly Source[]): Session {
  sessions.get(id)?.client.close();
  const session: Session = { client: createCapture(), sources };
  sessions.set(id, session);
  return session;
}

/** Some files of a tab turned out to be no part of its capture. */
export function keepSources(id: TabId, sources: readonly Source[]): void {
  const session = sessions.get(id);
  if (session !== undefined) sessions.set(id, { ...session, sources });
}

export function endSession(id: TabId): void {
  sessions.get(id)?.client.close();
  sessions.delete(id);
}

/** Asks the engine of a tab; a tab without one answers `cancelled`. */
export async function ask<Name extends RequestName>(
  id: TabId,
  name: Name,
  params: Requests[Name]['params'],
  signal?: AbortSignal,
): Promise<Answer<Requests[Name]['result']>> {
  const session = sessions.get(id);
  if (session === undefined) return { ok: false, error: { kind: 'cancelled' } };
  const answer = await track(session.client.call(name, params, signal));
  if (!answer.ok && answer.error.kind === 'changed') {
    store.dispatch({ type: 'trouble', id, error: answer.error });
  }
  return answer;
}
