/** Opens captures: from files, from samples, from what a reload remembers. */
import { createCapture } from '../../workers/client';
import type { CaptureError, CaptureSummary } from '../../workers/protocol';
import { begin, track } from '../base/idle';
import { sentence } from '../messages/messages';
import type { EventName, Tab, TabId, Wish } from '../state/model';
import { nameOf, placeOf, tabById } from '../state/select';
import { noticesSoFar, store, tell } from '../state/store';
import { isSample } from './address';
import { dropCopy, keepCopy, readCopy, trimCopies } from './copies';
import { canReopen, forget, recall, recallAll, remember, type Remembered } from './remembered';
import { ask, endSession, keepSources, newTabId, sessionOf, startSession, type Source } from './session';

/** How a capture is opened; by default in a new tab that is shown. */
export interface Opening {
  /** Place to go to. */
  readonly wish?: Wish | undefined;
  /** Place among the tabs of a page that is loaded again. */
  readonly order?: number;
  /** The tab is made and not shown. */
  readonly behind?: boolean;
}

/** Tabs that may turn out to be the capture that a link waits for. */
const tries = new Set<TabId>();

/** Opens files: those of one rolled recording as one capture, any other file as its own. */
export async function openSources(sources: readonly Source[], opening: Opening = {}): Promise<void> {
  const before = noticesSoFar();
  for (const group of await grouped(sources)) openGroup(group, opening, before);
}

async function grouped(sources: readonly Source[]): Promise<readonly (readonly Source[])[]> {
  if (sources.length < 2) return sources.length === 0 ? [] : [sources];
  const planner = createCapture();
  try {
    const answer = await track(planner.call('plan', { files: sources.map(({ file }) => file) }));
    if (!answer.ok) return sources.map((source) => [source]);
    return answer.value.map((group) => group.flatMap((at) => sources[at] ?? []));
  } finally {
    planner.close();
  }
}

function openGroup(sources: readonly Source[], { wish, order, behind = false }: Opening, before = noticesSoFar()): void {
  const id = newTabId();
  // While a link waits for its capture, a file is a try: it is shown once it proves to be the one.
  const isTry = store.get().wanted !== undefined && !behind;
  if (isTry) tries.add(id);
  // The engine is asked first: it reads while the page draws the tab.
  void read(id, sources, before);
  store.dispatch({
    type: 'tab-opened',
    id,
    names: sources.map(({ file }) => file.name),
    bytes: sources.reduce((sum, { file }) => sum + file.size, 0),
    wish,
    show: !behind && !isTry,
    order,
  });
}

/** Reads the files of a tab with a new engine. What was refused up to notice `before` is no news once there is something to see. */
async function read(id: TabId, sources: readonly Source[], before: number, skipOffset?: number): Promise<void> {
  const { client } = startSession(id, sources);
  const started = performance.now();
  client.onProgress((progress) => {
    if (sessionOf(id)?.client !== client) return;
    store.dispatch({ type: 'progress', id, progress });
    if (progress.summary.blocks > 0) store.dispatch({ type: 'refusals-dismissed', upTo: before });
    checkWanted(id, progress.summary);
  });
  client.onCrash((error) => {
    if (sessionOf(id)?.client === client) crashed(id, error);
  });
  const files = sources.map(({ file }) => file);
  const answer = await track(client.call('open', skipOffset === undefined ? { files } : { files, skipOffset }));
  if (sessionOf(id)?.client !== client) return;
  if (!answer.ok) {
    crashed(id, answer.error);
    return;
  }
  const summary = answer.value;
  store.dispatch({ type: 'indexed', id, summary, elapsedMs: performance.now() - started });
  store.dispatch({ type: 'refusals-dismissed', upTo: before });
  if (summary.stopped !== undefined) store.dispatch({ type: 'trouble', id, error: summary.stopped });
  const own = sources.filter((_, at) => summary.apart?.includes(at) !== true);
  if (own.length < sources.length) openApart(id, own, sources);
  if (checkWanted(id, summary)) await keep(id, summary, own);
}

/** Files that were recorded beside those of the tab, not after them, open as captures of their own. */
function openApart(id: TabId, own: readonly Source[], sources: readonly Source[]): void {
  keepSources(id, own);
  const apart = sources.filter((source) => !own.includes(source));
  tell(sentence({ kind: 'apart', names: apart.map(({ file }) => file.name), from: own[0]?.file.name ?? '' }), 'alert');
  for (const source of apart) openGroup([source], { behind: true });
}

/** A capture that has shown something, or that another try may read, stays on the page. */
function crashed(id: TabId, error: CaptureError): void {
  if (error.kind === 'cancelled') return;
  const tab = tabById(store.get(), id);
  if (tab === undefined) return;
  if (error.kind === 'bug' || (tab.summary?.blocks ?? 0) > 0) {
    store.dispatch({ type: 'phase', id, phase: { kind: 'failed', error } });
    if (store.get().wanted === undefined) return;
  } else {
    closeTab(id);
  }
  tell(sentence(error), 'refusal');
}

/** Whether this is the capture that the page waits for, or none is waited for. */
function checkWanted(id: TabId, summary: CaptureSummary): boolean {
  const { wanted, active } = store.get();
  if (wanted === undefined || active === id || !tries.has(id) || summary.fingerprint === '') return true;
  if (summary.fingerprint === wanted.fingerprint) {
    if (wanted.other !== undefined) closeTab(wanted.other.tab);
    store.dispatch({ type: 'wished', id, wish: wanted.wish });
    store.dispatch({ type: 'wanted', wanted: undefined });
    store.dispatch({ type: 'tab-shown', id });
    return true;
  }
  if (wanted.other?.tab !== id) {
    if (wanted.other !== undefined) closeTab(wanted.other.tab);
    const name = tabById(store.get(), id)?.names[0] ?? '';
    store.dispatch({
      type: 'wanted',
      wanted: { ...wanted, reopening: false, other: { tab: id, name, fingerprint: summary.fingerprint } },
    });
  }
  return false;
}

/** Shows the other capture that was dropped, and gives up the link. */
export function openOther(): void {
  const { wanted } = store.get();
  if (wanted?.other === undefined) return;
  store.dispatch({ type: 'wanted', wanted: undefined });
  store.dispatch({ type: 'tab-shown', id: wanted.other.tab });
}

export function closeTab(id: TabId): void {
  tries.delete(id);
  endSession(id);
  store.dispatch({ type: 'tab-closed', id });
}

/** What a place is about, so that it is found again in a new reading. */
export function wishOf(tab: Tab): Wish {
  const place = placeOf(tab);
  const name = (facts: NonNullable<typeof place.selected>['facts']): EventName | undefined =>
    facts === undefined ? undefined : nameOf(facts);
  const { view, conversations, open } = tab;
  const at = view === 'conversations' && open !== undefined ? open : place;
  return {
    view,
    conversation: view === 'conversations' ? open?.name : undefined,
    protocol: open?.protocol ?? '',
    against: open?.against,
    by: place.sort,
    sort: conversations.sort,
    descending: conversations.descending,
    group: conversations.group,
    unit: place.unit,
    follow: view === 'events' ? place.follow?.from : undefined,
    filter: place.filter,
    selected: name(at.selected?.facts),
    mark: name(at.mark?.facts),
    top: place.top > 0 ? place.topName : undefined,
  };
}

/** Ends reading; what was read stays, and the capture can be reopened. */
export function stopIndexing(id: TabId): void {
  void ask(id, 'stop', {});
}

/** Reads a capture again after it was stopped or its engine died; a block that made it die is skipped. */
export async function reopen(id: TabId): Promise<void> {
  const session = sessionOf(id);
  const tab = tabById(store.get(), id);
  if (session === undefined || tab === undefined) return;
  const error = tab.phase.kind === 'failed' ? tab.phase.error : tab.trouble;
  const skipOffset = error?.kind === 'bug' ? error.offset : undefined;
  const end = begin();
  try {
    store.dispatch({ type: 'trouble', id, error: undefined });
    store.dispatch({ type: 'phase', id, phase: { kind: 'opening' } });
    store.dispatch({ type: 'wished', id, wish: wishOf(tab) });
    const sources = await Promise.all(
      session.sources.map(async (source) => ({
        ...source,
        // A file that was written again since can be had only anew.
        file: source.handle === undefined ? source.file : await source.handle.getFile().catch(() => source.file),
      })),
    );
    void read(id, sources, noticesSoFar(), skipOffset);
  } finally {
    end();
  }
}

/** Remembers a capture for reloads and for the start page. */
async function keep(id: TabId, summary: CaptureSummary, sources: readonly Source[]): Promise<void> {
  const { fingerprint } = summary;
  if (fingerprint === '' || summary.blocks === 0) return;
  const end = begin();
  try {
    const before = await recall(fingerprint);
    const handles = sources.flatMap(({ handle }) => handle ?? []);
    const hasHandles = handles.length === sources.length;
    const src = sources.length === 1 ? sources[0]?.src : undefined;
    const files = sources.map(({ file }) => file);
    const bytes = files.reduce((sum, { size }) => sum + size, 0);
    // A copy must not be written over while it is the very file that is open.
    const isCopied = before?.copied === true && before.bytes === bytes && before.names.length === files.length;
    // A reload must not have to ask another host again.
    const isBeside = src !== undefined && isSample(src);
    const copied = !hasHandles && !isBeside && (isCopied || (await keepCopy(fingerprint, files)));
    const tab = tabById(store.get(), id);
    await remember({
      fingerprint,
      names: files.map(({ name }) => name),
      bytes,
      events: summary.events,
      durationNs: summary.durationNs,
      openedAt: Date.now(),
      ...(hasHandles ? { handles } : {}),
      ...(copied ? { copied: true } : {}),
      ...(src === undefined ? {} : { src }),
      fragment: tab === undefined ? (before?.fragment ?? '') : location.hash,
    });
    await tidy();
  } finally {
    end();
  }
}

const mostRemembered = 20;

async function tidy(): Promise<void> {
  const all = await recallAll();
  for (const old of all.slice(mostRemembered)) {
    await dropCopy(old.fingerprint);
    await forget(old.fingerprint);
  }
  const dropped = await trimCopies(all.slice(0, mostRemembered).filter(({ copied }) => copied === true));
  for (const old of all.filter(({ fingerprint }) => dropped.includes(fingerprint))) {
    const { copied: _, ...rest } = old;
    await remember(rest);
  }
}

/** Fetches a capture that lies beside the page. */
export async function openSample(src: string, opening: Opening = {}): Promise<boolean> {
  const name = src.slice(src.lastIndexOf('/') + 1);
  const end = begin();
  try {
    const response = await fetch(new URL(src, document.baseURI));
    if (!response.ok) throw new Error(`${response.status} ${response.statusText}`);
    // A development server answers any address with the page itself.
    if (response.headers.get('content-type')?.startsWith('text/html') === true) throw new Error('it is not there');
    const file = new File([await response.blob()], name);
    await openSources([{ file, src }], opening);
    return true;
  } catch (cause) {
    tell(sentence({ kind: 'sample-missing', name, reason: cause instanceof Error ? cause.message : 'it is not there' }), 'refusal');
    return false;
  } finally {
    end();
  }
}

async function handlesGranted(handles: readonly FileSystemFileHandle[], ask: boolean): Promise<boolean> {
  for (const handle of handles) {
    const state = ask
      ? await handle.requestPermission?.({ mode: 'read' })
      : await handle.queryPermission?.({ mode: 'read' });
    if (state !== 'granted' && state !== undefined) return false;
  }
  return true;
}

export type Again = 'opened' | 'needs-click' | 'no';

/**
 * Opens a capture that is remembered. Without a click the browser may not let it read a file again; `asked` says that
 * there was one.
 */
export async function openAgain(capture: Remembered, asked: boolean, opening: Opening = {}): Promise<Again> {
  const [name = ''] = capture.names;
  const { handles, fingerprint } = capture;
  if (handles !== undefined) {
    if (!(await handlesGranted(handles, asked))) {
      if (asked) tell(sentence({ kind: 'not-allowed', name }), 'refusal');
      return asked ? 'no' : 'needs-click';
    }
    try {
      const sources = await Promise.all(handles.map(async (handle) => ({ file: await handle.getFile(), handle })));
      await openSources(sources, opening);
      return 'opened';
    } catch {
      tell(sentence({ kind: 'gone', name }), 'refusal');
      return 'no';
    }
  }
  const { src } = capture;
  if (src !== undefined && isSample(src)) return (await openSample(src, opening)) ? 'opened' : 'no';
  if (capture.copied !== true) return 'no';
  try {
    const files = await readCopy(fingerprint, capture.names);
    openGroup(files.map((file) => (src === undefined ? { file } : { file, src })), opening);
    return 'opened';
  } catch {
    // The browser cleared its storage.
    const { copied: _, ...rest } = capture;
    await remember(rest);
    return 'no';
  }
}

/** Captures that the start page can offer. */
export async function recentCaptures(): Promise<readonly Remembered[]> {
  return (await recallAll()).filter(canReopen);
}
