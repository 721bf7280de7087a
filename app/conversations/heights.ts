/**
 * Heights of very many lines, nearly all of which are alike: only those that are not are kept. Where a line stands is
 * found without a list of all.
 */
export class Heights {
  readonly #usual: number;
  /** How much higher than usual, by line. */
  readonly #extra = new Map<number, number>();
  #lines: readonly number[] = [];
  /** Sum of what the lines before each of `#lines` have too much. */
  #sums: readonly number[] = [0];

  constructor(usual: number) {
    this.#usual = usual;
  }

  /** Says how high some lines are; whether that was news. */
  set(heights: ReadonlyMap<number, number>): boolean {
    let isNews = false;
    for (const [line, height] of heights) {
      const extra = height - this.#usual;
      if ((this.#extra.get(line) ?? 0) === extra) continue;
      isNews = true;
      if (extra === 0) this.#extra.delete(line);
      else this.#extra.set(line, extra);
    }
    if (isNews) this.#sumUp();
    return isNews;
  }

  #sumUp(): void {
    const lines = [...this.#extra.keys()].sort((a, b) => a - b);
    const sums = [0];
    let sum = 0;
    for (const line of lines) {
      sum += this.#extra.get(line) ?? 0;
      sums.push(sum);
    }
    this.#lines = lines;
    this.#sums = sums;
  }

  /** Where a line begins; of the line behind the last: where all end. */
  startOf(line: number): number {
    let low = 0;
    let high = this.#lines.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#lines[middle] ?? 0) < line) low = middle + 1;
      else high = middle;
    }
    return line * this.#usual + (this.#sums[low] ?? 0);
  }

  /** The line at a place, of `count`. */
  lineAt(place: number, count: number): number {
    let low = 0;
    let high = Math.max(0, count - 1);
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (this.startOf(middle) <= place) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
