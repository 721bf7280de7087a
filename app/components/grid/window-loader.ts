/**
 * Keeps the rows around the place that is shown. One question is under way at a time; it is aborted when the place has
 * left what it asks for, and only the newest answer is kept. At a place where nothing is known yet, the rows in view are
 * asked for first and those around them then: in a sorted list each of them is read from another place of the file.
 */
import type { Answer, CaptureError, ListPosition } from '../../../workers/protocol';

/** Some rows of a list, one array per column. */
export interface AnyWindow {
  readonly first: number;
  readonly length: number;
}

export interface LoadedWindow<Window extends AnyWindow> {
  readonly window: Window | undefined;
  readonly error: CaptureError | undefined;
}

export type FetchWindow<Window extends AnyWindow> = (
  first: ListPosition,
  count: number,
  signal: AbortSignal,
) => Promise<Answer<Window>>;

interface Want {
  readonly first: number;
  readonly last: number;
  readonly rows: number;
  /** Changes when the engine knows more than before. */
  readonly tick: number;
}

interface Asked {
  readonly from: number;
  readonly to: number;
  readonly tick: number;
  readonly abort: AbortController;
}

const minMargin = 64;

/** Rows to have ready on each side of those in view. */
function marginOf(want: Want): number {
  return Math.max(minMargin, 2 * (want.last - want.first + 1));
}

function covers(from: number, to: number, want: Want, margin: number): boolean {
  return from <= Math.max(0, want.first - margin) && to >= Math.min(want.rows, want.last + 1 + margin);
}

export interface LoaderOptions<Window extends AnyWindow> {
  /** Rows that are final are not asked for again, whatever more the engine knows. */
  readonly isFinal?: (window: Window) => boolean;
  /** What is known already when the loader is made. */
  readonly window?: Window | undefined;
}

export class WindowLoader<Window extends AnyWindow> {
  readonly #fetch: FetchWindow<Window>;
  readonly #isFinal: (window: Window) => boolean;
  readonly #listeners = new Set<() => void>();
  #loaded: LoadedWindow<Window>;
  /** Undefined: as of the first rows that are wanted. */
  #loadedTick: number | undefined;
  #want: Want | undefined;
  #asked: Asked | undefined;

  constructor(fetch: FetchWindow<Window>, { isFinal = () => false, window }: LoaderOptions<Window> = {}) {
    this.#fetch = fetch;
    this.#isFinal = isFinal;
    this.#loaded = { window, error: undefined };
  }

  get loaded(): LoadedWindow<Window> {
    return this.#loaded;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly snapshot = (): LoadedWindow<Window> => this.#loaded;

  /** Says which rows are in view. */
  want(first: number, last: number, rows: number, tick: number): void {
    if (rows === 0 || last < first) return;
    this.#want = { first: Math.max(0, first), last: Math.min(last, rows - 1), rows, tick };
    this.#loadedTick ??= tick;
    this.#check();
  }

  stop(): void {
    this.#asked?.abort.abort();
    this.#asked = undefined;
    this.#want = undefined;
  }

  #check(): void {
    const want = this.#want;
    if (want === undefined) return;
    const margin = marginOf(want);
    if (this.#asked !== undefined) {
      if (covers(this.#asked.from, this.#asked.to, want, 0)) return;
      this.#asked.abort.abort();
      this.#asked = undefined;
    }
    const { window } = this.#loaded;
    const isReady =
      window !== undefined &&
      covers(window.first, window.first + window.length, want, margin / 2) &&
      (this.#loadedTick === want.tick || this.#isFinal(window));
    const isKnown = window !== undefined && window.first <= want.last && window.first + window.length > want.first;
    if (!isReady) void this.#ask(want, isKnown ? margin : 0);
  }

  async #ask(want: Want, margin: number): Promise<void> {
    const from = Math.max(0, want.first - margin);
    const to = Math.min(want.rows, want.last + 1 + margin);
    const asked: Asked = { from, to, tick: want.tick, abort: new AbortController() };
    this.#asked = asked;
    const answer = await this.#fetch(from as ListPosition, to - from, asked.abort.signal);
    if (this.#asked !== asked) return;
    this.#asked = undefined;
    this.#loadedTick = asked.tick;
    if (answer.ok) this.#loaded = { window: answer.value, error: undefined };
    else if (answer.error.kind !== 'cancelled') this.#loaded = { ...this.#loaded, error: answer.error };
    else return;
    for (const listener of [...this.#listeners]) listener();
    // A short answer would be asked for again at once and for ever.
    if (answer.ok && answer.value.length >= to - from) this.#check();
    else if (this.#want !== undefined && !covers(from, to, this.#want, 0)) this.#check();
  }
}
