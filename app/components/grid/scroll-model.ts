/**
 * Where a list is scrolled to. It owns the exact place (`top`) and keeps the browser's scroll bar in step; only a move
 * of the bar by the user is turned back into a place.
 */
import { barOfTop, clampTop, isScaled, topOfBar, type ScrollScale } from './scroll-map';

const wheelLine = 16;

export class ScrollModel {
  #top = 0;
  #scale: ScrollScale = { rows: 0, rowHeight: 1, viewport: 0 };
  #element: HTMLElement | undefined;
  /** What the bar was last set to: a scroll event that reports just this is our own echo. */
  #setBar = -1;
  #touching = false;
  /** Frame in which the bar is to follow; 0 when it has. */
  #aligning = 0;
  #lastBar = 0;
  readonly #listeners = new Set<(byUser: boolean) => void>();

  get top(): number {
    return this.#top;
  }

  get scale(): ScrollScale {
    return this.#scale;
  }

  subscribe(listener: (byUser: boolean) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** More rows arrived, the window changed its size, or another list is shown, which has a place of its own. */
  resize(scale: ScrollScale, top = this.#top): void {
    this.#scale = scale;
    const next = clampTop(top, scale);
    if (next === this.#top) return;
    this.#top = next;
    this.#tell(false);
  }

  /**
   * Puts the bar where the place is, with the next frame: to move it now would have the browser lay out the page at once,
   * and again for the rows that are to come.
   */
  alignBar(): void {
    if (this.#element === undefined || this.#aligning !== 0) return;
    this.#aligning = requestAnimationFrame(() => {
      this.#aligning = 0;
      const element = this.#element;
      if (element === undefined) return;
      const bar = barOfTop(this.#top, this.#scale);
      // Not asked of the element, which would have to lay out the page to know.
      if (Math.abs(this.#lastBar - bar) < 1) return;
      element.scrollTop = bar;
      this.#setBar = element.scrollTop;
      this.#lastBar = element.scrollTop;
    });
  }

  moveTo(top: number, byUser = false): void {
    const next = clampTop(top, this.#scale);
    if (next === this.#top) return;
    this.#top = next;
    this.alignBar();
    this.#tell(byUser);
  }

  attach(element: HTMLElement): () => void {
    this.#element = element;
    const abort = new AbortController();
    const { signal } = abort;
    const setTouching = (touching: boolean) => (): void => {
      this.#touching = touching;
    };
    element.addEventListener('scroll', () => this.#onScroll(element), { signal, passive: true });
    element.addEventListener('wheel', (event) => this.#onWheel(event, element), { signal, passive: false });
    element.addEventListener('touchstart', setTouching(true), { signal, passive: true });
    // A fling goes on after the finger has left.
    element.addEventListener('scrollend', setTouching(false), { signal, passive: true });
    element.addEventListener('pointerdown', (event) => event.pointerType === 'mouse' && setTouching(false)(), {
      signal,
      passive: true,
    });
    this.alignBar();
    return () => {
      abort.abort();
      cancelAnimationFrame(this.#aligning);
      this.#aligning = 0;
      this.#element = undefined;
    };
  }

  #onScroll(element: HTMLElement): void {
    const bar = element.scrollTop;
    const before = this.#lastBar;
    this.#lastBar = bar;
    // On its way to another place: where it was is no wish of the user any more.
    if (bar === this.#setBar || this.#aligning !== 0) return;
    this.#setBar = -1;
    if (!isScaled(this.#scale)) {
      this.#moveWithBar(clampTop(bar, this.#scale));
      return;
    }
    if (this.#touching) {
      // A finger means pixels of the list, not of the bar.
      this.#moveWithBar(clampTop(this.#top + bar - before, this.#scale));
      return;
    }
    this.#moveWithBar(topOfBar(bar, this.#scale));
  }

  /** The user holds the bar: it must not be moved under the hand. */
  #moveWithBar(top: number): void {
    if (top === this.#top) return;
    this.#top = top;
    this.#tell(true);
  }

  #onWheel(event: WheelEvent, element: HTMLElement): void {
    if (!isScaled(this.#scale) || event.ctrlKey || event.defaultPrevented) return;
    const unit =
      event.deltaMode === WheelEvent.DOM_DELTA_LINE
        ? wheelLine
        : event.deltaMode === WheelEvent.DOM_DELTA_PAGE
          ? this.#scale.viewport
          : 1;
    const sideways = event.shiftKey && event.deltaX === 0;
    const x = sideways ? event.deltaY : event.deltaX;
    const y = sideways ? 0 : event.deltaY;
    event.preventDefault();
    if (x !== 0) element.scrollLeft += x * unit;
    if (y !== 0) this.moveTo(this.#top + y * unit, true);
  }

  #tell(byUser: boolean): void {
    for (const listener of [...this.#listeners]) listener(byUser);
  }
}
