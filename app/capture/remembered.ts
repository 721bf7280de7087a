/**
 * Captures that were opened before, so that a reload or the start page can open them again: by the file handle, from
 * a copy in the origin's private storage, or from a sample's address. All of it may be refused by the browser, which
 * then simply remembers nothing.
 */
import { track } from '../base/idle';
import { isSample } from './address';
import { withStore } from './database';

export interface Remembered {
  readonly fingerprint: string;
  readonly names: readonly string[];
  readonly bytes: number;
  readonly events: number;
  readonly durationNs: number;
  /** Milliseconds since the epoch. */
  readonly openedAt: number;
  readonly handles?: readonly FileSystemFileHandle[];
  readonly copied?: boolean;
  readonly src?: string;
  /** Where one was in it. */
  readonly fragment: string;
}

/** Whether it can be opened again without asking for the file. */
export function canReopen({ handles, copied, src }: Remembered): boolean {
  return handles !== undefined || copied === true || (src !== undefined && isSample(src));
}

export async function recall(fingerprint: string): Promise<Remembered | undefined> {
  try {
    return await track(withStore<Remembered | undefined>('readonly', (store) => store.get(fingerprint) as IDBRequest<Remembered | undefined>));
  } catch {
    return undefined;
  }
}

/** All of them, the latest first. */
export async function recallAll(): Promise<readonly Remembered[]> {
  try {
    const all = await track(withStore<Remembered[]>('readonly', (store) => store.getAll() as IDBRequest<Remembered[]>));
    return all.sort((a, b) => b.openedAt - a.openedAt);
  } catch {
    return [];
  }
}

export async function remember(capture: Remembered): Promise<void> {
  try {
    await track(withStore('readwrite', (store) => store.put(capture)));
  } catch {
    // Private windows have no storage; the page works without.
  }
}

export async function forget(fingerprint: string): Promise<void> {
  try {
    await track(withStore('readwrite', (store) => store.delete(fingerprint)));
  } catch {
    // As above.
  }
}
