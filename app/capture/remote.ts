/** Loads captures from other hosts: only when the user says so, for a link may come from anybody. */
import { begin } from '../base/idle';
import { sentence, type Problem } from '../messages/messages';
import type { Remote, Wish } from '../state/model';
import { store } from '../state/store';
import { openSources } from './open';

/** Bytes that are handed to the browser at a time, which may keep them on disk. */
const pieceBytes = 16 * 1024 * 1024;

let loading: AbortController | undefined;

function setRemote(remote: Remote | undefined): void {
  store.dispatch({ type: 'remote', remote });
}

/** Shows which host a link wants to load from, and waits for the user. */
export function askRemote(src: string, wish: Wish): void {
  cancelRemote();
  setRemote({ src, wish, phase: { kind: 'asking' } });
}

/** Ends a load that is under way and forgets what was asked. */
export function cancelRemote(): void {
  loading?.abort();
  loading = undefined;
  if (store.get().remote !== undefined) setRemote(undefined);
}

/** Loads the capture that was asked about and opens it. */
export async function loadRemote(remote: Remote): Promise<void> {
  const { src, wish } = remote;
  loading?.abort();
  const abort = new AbortController();
  loading = abort;
  const end = begin();
  const show = (phase: Remote['phase']): void => {
    if (loading === abort) setRemote({ ...remote, phase });
  };
  show({ kind: 'loading', bytesRead: 0, bytesTotal: undefined });
  try {
    const loaded = await download(src, abort.signal, (bytesRead, bytesTotal) => {
      // Another capture was opened meanwhile.
      if (store.get().remote === undefined) abort.abort();
      else show({ kind: 'loading', bytesRead, bytesTotal });
    });
    if (loading !== abort || abort.signal.aborted) return;
    if (!(loaded instanceof File)) {
      show({ kind: 'failed', reason: sentence(loaded) });
      return;
    }
    cancelRemote();
    await openSources([{ file: loaded, src }], { wish });
  } finally {
    end();
  }
}

/** Part of an address after the last slash, for people. */
function nameOfAddress(url: URL): string {
  const last = url.pathname.slice(url.pathname.lastIndexOf('/') + 1);
  try {
    return decodeURIComponent(last) || url.host;
  } catch {
    return last;
  }
}

async function download(
  src: string,
  signal: AbortSignal,
  onProgress: (bytesRead: number, bytesTotal: number | undefined) => void,
): Promise<File | Problem> {
  const url = new URL(src);
  const { host } = url;
  let bytesRead = 0;
  try {
    // Nothing that tells the host who asks, or that it is asked from here.
    const response = await fetch(url, { signal, credentials: 'omit', referrerPolicy: 'no-referrer' });
    if (!response.ok) return { kind: 'remote-refused', host, status: `${response.status} ${response.statusText}`.trim() };
    // A page that unpacks on the way does not tell how long the result is.
    const stated = response.headers.has('content-encoding') ? Number.NaN : Number(response.headers.get('content-length') ?? Number.NaN);
    const bytesTotal = stated > 0 ? stated : undefined;
    const done: Blob[] = [];
    let piece: Uint8Array<ArrayBuffer>[] = [];
    let inPiece = 0;
    const reader = response.body?.getReader();
    for (let next = await reader?.read(); next?.done === false; next = await reader?.read()) {
      piece.push(next.value);
      inPiece += next.value.byteLength;
      bytesRead += next.value.byteLength;
      if (inPiece >= pieceBytes) {
        done.push(new Blob(piece));
        piece = [];
        inPiece = 0;
      }
      onProgress(bytesRead, bytesTotal);
    }
    return new File([...done, ...piece], nameOfAddress(url));
  } catch {
    // Browsers do not say whether a host is down or does not let other pages read.
    return bytesRead === 0 ? { kind: 'remote-unreadable', host } : { kind: 'remote-broken', host, bytesRead };
  }
}
