/**
 * Browsers limit the height of an element to some 33 million pixels (Firefox: 17), which is 800,000 rows. A longer list
 * gets a scroll bar of that part of its height which fits, and the scroll position is mapped: one pixel of the bar
 * then stands for many pixels of the list. Wheel and keys move the list itself, pixel by pixel; the bar follows.
 */
export interface ScrollScale {
  readonly rows: number;
  readonly rowHeight: number;
  /** Height in which rows are seen. */
  readonly viewport: number;
}

/** Well below the limit of every browser. */
export const maxBarHeight = 8_000_000;

/** Height of the list as if there were no limit. */
export function listHeight(scale: ScrollScale): number {
  return scale.rows * scale.rowHeight;
}

/** Height the scrolled element gets. */
export function barHeight(scale: ScrollScale): number {
  return Math.min(listHeight(scale), maxBarHeight);
}

/** Whether one pixel of the bar stands for more than one of the list. */
export function isScaled(scale: ScrollScale): boolean {
  return listHeight(scale) > maxBarHeight;
}

/** Farthest the list can be scrolled. */
export function maxTop(scale: ScrollScale): number {
  return Math.max(0, listHeight(scale) - scale.viewport);
}

function maxBar(scale: ScrollScale): number {
  return Math.max(0, barHeight(scale) - scale.viewport);
}

export function clampTop(top: number, scale: ScrollScale): number {
  return Math.min(Math.max(0, top), maxTop(scale));
}

/** Place of the list for a place of the bar; both ends meet exactly. */
export function topOfBar(bar: number, scale: ScrollScale): number {
  if (!isScaled(scale)) return clampTop(bar, scale);
  const end = maxBar(scale);
  // Bars report fractions of a pixel at some zoom levels and stop short of the end by up to one.
  if (bar >= end - 1) return maxTop(scale);
  return bar <= 0 ? 0 : (bar / end) * maxTop(scale);
}

/** Place of the bar for a place of the list, in whole pixels. */
export function barOfTop(top: number, scale: ScrollScale): number {
  if (!isScaled(scale)) return clampTop(top, scale);
  const end = maxBar(scale);
  const bar = Math.round((clampTop(top, scale) / maxTop(scale)) * end);
  if (top <= 0) return 0;
  return top >= maxTop(scale) ? end : Math.min(Math.max(1, bar), Math.max(1, Math.floor(end) - 2));
}

/** Least scrolling that shows all of a row. */
export function topToReveal(row: number, top: number, scale: ScrollScale): number {
  const start = row * scale.rowHeight;
  const end = start + scale.rowHeight;
  if (start < top) return clampTop(start, scale);
  if (end > top + scale.viewport) return clampTop(end - scale.viewport, scale);
  return clampTop(top, scale);
}

/** Scrolling that puts a row about the middle, with whole rows above, unless it is in view already. */
export function topToCenter(row: number, top: number, scale: ScrollScale): number {
  if (topToReveal(row, top, scale) === clampTop(top, scale)) return clampTop(top, scale);
  const above = Math.floor(scale.viewport / scale.rowHeight / 2);
  return clampTop((row - above) * scale.rowHeight, scale);
}

/** A stretch of rows small enough for a virtualizer to hold. */
export interface Band {
  readonly base: number;
  readonly count: number;
}

const bandStep = 1024;

/** The stretch around a place; it stays the same while one scrolls within it. */
export function bandAt(top: number, scale: ScrollScale): Band {
  const first = Math.floor(top / scale.rowHeight);
  const base = Math.max(0, (Math.floor(first / bandStep) - 1) * bandStep);
  return { base, count: Math.max(0, Math.min(scale.rows - base, 3 * bandStep)) };
}
