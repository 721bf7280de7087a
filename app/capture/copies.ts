/**
 * Copies of captures in the origin's private storage, for the next reload. Kept for files the browser gives no handle
 * for; they can be switched off and cleared. Exports pass through there where the browser gives no file to write to.
 */
import { track } from '../base/idle';

/** Larger captures are asked for by name instead. */
export const maxCopyBytes = 256_000_000;
/** All copies together; the oldest go first. */
const maxAllBytes = 1_000_000_000;

const folderName = 'captures';
/** Exports stand here until the browser has taken them over; it does not say when that is. */
const exportsName = 'exports';
/** By then it has. */
const exportKeptMs = 3_600_000;
const switchKey = 'scapscope.copies';

export function copiesAllowed(): boolean {
  try {
    return localStorage.getItem(switchKey) !== 'off';
  } catch {
    return false;
  }
}

export function allowCopies(isAllowed: boolean): void {
  try {
    if (isAllowed) localStorage.removeItem(switchKey);
    else localStorage.setItem(switchKey, 'off');
  } catch {
    // Storage is blocked: then nothing is copied either.
  }
}

async function folder(): Promise<FileSystemDirectoryHandle> {
  const root = await navigator.storage.getDirectory();
  return root.getDirectoryHandle(folderName, { create: true });
}

async function folderOf(fingerprint: string, create: boolean): Promise<FileSystemDirectoryHandle> {
  return (await folder()).getDirectoryHandle(fingerprint, { create });
}

const copyName = (at: number): string => String(at).padStart(4, '0');

/** Copies the files of a capture; false when that is not wanted or not possible. */
export async function keepCopy(fingerprint: string, files: readonly File[]): Promise<boolean> {
  const bytes = files.reduce((sum, file) => sum + file.size, 0);
  if (!copiesAllowed() || bytes > maxCopyBytes) return false;
  try {
    const into = await folderOf(fingerprint, true);
    for (const [at, file] of files.entries()) {
      const handle = await into.getFileHandle(copyName(at), { create: true });
      await file.stream().pipeTo(await handle.createWritable());
    }
    return true;
  } catch {
    // The disk is full, or the browser has no such storage: half a copy is worse than none.
    await dropCopy(fingerprint);
    return false;
  }
}

/** The files of a copy under their own names. */
export async function readCopy(fingerprint: string, names: readonly string[]): Promise<readonly File[]> {
  const from = await folderOf(fingerprint, false);
  return Promise.all(
    names.map(async (name, at) => {
      const file = await (await from.getFileHandle(copyName(at))).getFile();
      return new File([file], name, { lastModified: file.lastModified });
    }),
  );
}

export async function dropCopy(fingerprint: string): Promise<void> {
  try {
    await (await folder()).removeEntry(fingerprint, { recursive: true });
  } catch {
    // There was none.
  }
}

/** Bytes that copies take. */
export async function copiedBytes(): Promise<number> {
  try {
    let sum = 0;
    for await (const entry of (await folder()).values()) {
      if (entry.kind !== 'directory') continue;
      for await (const file of entry.values()) {
        if (file.kind === 'file') sum += (await file.getFile()).size;
      }
    }
    return sum;
  } catch {
    return 0;
  }
}

/** Removes the copies of the captures named last, until the rest fits, and exports that are done with. */
export async function trimCopies(latestFirst: readonly { readonly fingerprint: string; readonly bytes: number }[]): Promise<readonly string[]> {
  const dropped: string[] = [];
  let sum = 0;
  await dropExports();
  for (const { fingerprint, bytes } of latestFirst) {
    sum += bytes;
    if (sum <= maxAllBytes) continue;
    await dropCopy(fingerprint);
    dropped.push(fingerprint);
  }
  return dropped;
}

/** A new file for an export, on the disk and not in memory; undefined where the browser has no such storage. */
export async function exportFile(): Promise<FileSystemFileHandle | undefined> {
  try {
    await dropExports();
    const root = await navigator.storage.getDirectory();
    const into = await root.getDirectoryHandle(exportsName, { create: true });
    const file = await into.getFileHandle(String(Date.now()), { create: true });
    // Some browsers have such files and let none but workers write to them.
    return 'createWritable' in file ? file : undefined;
  } catch {
    return undefined;
  }
}

/** Removes exports that have been taken over, of this page or of one before; `all`: also the others. */
export async function dropExports(all = false): Promise<void> {
  try {
    const root = await navigator.storage.getDirectory();
    const from = await root.getDirectoryHandle(exportsName);
    const names: string[] = [];
    for await (const { name } of from.values()) names.push(name);
    for (const name of names) if (all || Number(name) < Date.now() - exportKeptMs) await from.removeEntry(name);
  } catch {
    // There are none, or one is being written.
  }
}

export async function clearCopies(): Promise<void> {
  await track(
    (async () => {
      const root = await navigator.storage.getDirectory();
      await root.removeEntry(folderName, { recursive: true }).catch(() => undefined);
      await dropExports(true);
    })(),
  );
}
