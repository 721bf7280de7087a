import { describe, expect, it } from 'vitest';
import type { SearchTask } from './engine';
import type { Searcher } from './searching';
import { Searching } from './searching';

/** An engine that hands out so many parts, and takes note of what comes back. */
class Parts {
  left: number;
  readonly back: [ticket: number, found: readonly number[] | undefined][] = [];

  constructor(count: number) {
    this.left = count;
  }

  handOut(): SearchTask | undefined {
    return this.left === 0 ? undefined : Uint32Array.of(this.left--);
  }

  handIn(_text: string, ticket: number, found: Uint32Array | undefined): void {
    this.back.push([ticket, found === undefined ? undefined : [...found]]);
  }
}

/** A worker that answers when it is told to. */
class Slow implements Searcher {
  readonly asked: { ticket: number; answer: (found: Uint32Array | undefined) => void; die: () => void }[] = [];
  readonly givenUp: number[] = [];
  isClosed = false;

  search(_text: string, task: SearchTask): Promise<Uint32Array | undefined> {
    return new Promise((answer, reject) => this.asked.push({ ticket: task[0] ?? 0, answer, die: () => reject(new Error('gone')) }));
  }

  giveUp(tickets: readonly number[]): void {
    this.givenUp.push(...tickets);
  }

  close(): void {
    this.isClosed = true;
  }
}

describe('search workers', () => {
  it('are started for the first part, and get parts that follow each other', async () => {
    const parts = new Parts(19);
    const workers = [new Slow(), new Slow()];
    let starts = 0;
    const searching = new Searching(parts, () => {
      starts += 1;
      return workers;
    });
    while (searching.exchange('x'));
    expect(searching.exchange('x')).toBe(false);
    expect(starts).toBe(1);
    expect(workers.map(({ asked }) => asked.map(({ ticket }) => ticket))).toEqual([[19, 18, 17, 16], [15, 14, 13, 12]]);
    workers[1]?.asked[0]?.answer(Uint32Array.of(5, 7));
    await searching.change();
    searching.exchange('x');
    expect(parts.back).toEqual([[15, [5, 7]]]);
    // It has something to look at, and something after that.
    expect(workers.map(({ asked }) => asked.length)).toEqual([4, 4]);
    for (const { answer } of workers[1]?.asked.slice(1, 3) ?? []) answer(undefined);
    await searching.change();
    while (searching.exchange('x'));
    expect(workers[1]?.asked.slice(4).map(({ ticket }) => ticket)).toEqual([11, 10, 9, 8]);
  });

  it('are not started when there is nothing for them', () => {
    const searching = new Searching(new Parts(0), () => {
      throw new Error('started');
    });
    expect(() => searching.exchange('x')).not.toThrow();
  });

  it('leave what they had to the engine when they die, and the rest to it when all have', async () => {
    const parts = new Parts(9);
    const worker = new Slow();
    const searching = new Searching(parts, () => [worker]);
    while (searching.exchange('x'));
    worker.asked[1]?.die();
    await searching.change();
    searching.exchange('x');
    expect(parts.back.toSorted(([a], [b]) => a - b)).toEqual([6, 7, 8, 9].map((ticket) => [ticket, undefined]));
    expect(worker.isClosed).toBe(true);
    // An answer that comes after all is dropped.
    worker.asked[0]?.answer(Uint32Array.of(1));
    await Promise.resolve();
    searching.exchange('x');
    expect([parts.back.length, parts.left]).toEqual([4, 5]);
  });

  it('are told which parts nobody waits for, and wake everybody who waits', async () => {
    const parts = new Parts(2);
    const worker = new Slow();
    const searching = new Searching(parts, () => [worker]);
    while (searching.exchange('x'));
    searching.giveUp('y');
    expect(worker.givenUp).toEqual([]);
    searching.giveUp('x');
    expect(worker.givenUp.toSorted()).toEqual([1, 2]);
    const both = Promise.all([searching.change(), searching.change()]);
    worker.asked[0]?.answer(undefined);
    await both;
    searching.exchange('x');
    expect(parts.back).toEqual([[2, undefined]]);
  });
});
