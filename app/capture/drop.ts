/** Takes files out of a drop or a file dialog, with handles where the browser gives them. */
import { sentence } from '../messages/messages';
import { tell } from '../state/store';
import type { Source } from './session';

export interface Dropped {
  readonly sources: readonly Source[];
  readonly folders: readonly string[];
}

/** Must be called in the event itself: afterwards the browser empties the transfer. */
export async function droppedFiles(transfer: DataTransfer): Promise<Dropped> {
  const items = [...transfer.items].filter((item) => item.kind === 'file');
  const taken = items.map((item) => ({
    file: item.getAsFile(),
    entry: item.webkitGetAsEntry(),
    // Some browsers have no handles, and drops made by scripts never do.
    handle: 'getAsFileSystemHandle' in item ? item.getAsFileSystemHandle().catch(() => null) : null,
  }));
  const sources: Source[] = [];
  const folders: string[] = [];
  for (const { file, entry, handle: pending } of taken) {
    const handle = await pending;
    if (handle?.kind === 'directory' || entry?.isDirectory === true) folders.push(handle?.name ?? entry?.name ?? '');
    else if (file !== null) sources.push(handle?.kind === 'file' ? { file, handle: handle as FileSystemFileHandle } : { file });
  }
  return { sources, folders };
}

/** Says which of the dropped things cannot be opened. */
export function tellFolders(folders: readonly string[]): void {
  for (const name of folders) tell(sentence({ kind: 'directory', name }), 'refusal');
}

/** Nobody closes a dialog as quickly as this. */
const shownAtLeastMs = 100;

/** The dialog that gives handles; undefined where the browser has none or does not show it. */
export async function pickWithHandles(): Promise<readonly Source[] | undefined> {
  if (window.showOpenFilePicker === undefined) return undefined;
  const asked = performance.now();
  try {
    const handles = await window.showOpenFilePicker({ multiple: true });
    return await Promise.all(handles.map(async (handle) => ({ file: await handle.getFile(), handle })));
  } catch (cause) {
    const isClosed = cause instanceof DOMException && cause.name === 'AbortError';
    return isClosed && performance.now() - asked > shownAtLeastMs ? [] : undefined;
  }
}
