import { describe, expect, it } from 'vitest';
import type { Answer, ListPosition, RowWindow } from '../../../workers/protocol';
import { WindowLoader, type LoaderOptions } from './window-loader';

interface Question {
  readonly first: number;
  readonly count: number;
  readonly signal: AbortSignal;
  readonly answer: (answer: Answer<RowWindow>) => Promise<void>;
}

function windowOf(first: number, length: number): RowWindow {
  const zeros = new Float64Array(length);
  const texts = Array.from({ length }, (_, i) => `row ${first + i}`);
  return {
    first: first as ListPosition,
    length,
    row: Uint32Array.from({ length }, (_, i) => first + i),
    num: zeros,
    section: new Uint32Array(length),
    exitSection: new Uint32Array(length),
    exitNum: zeros,
    ns: zeros,
    latencyNs: zeros,
    cpu: new Uint16Array(length),
    tid: zeros,
    fd: new Int32Array(length),
    requested: zeros,
    returned: zeros,
    flags: new Uint8Array(length),
    process: texts,
    type: texts,
    info: texts,
    fdName: texts,
    errno: texts,
  };
}

/** A loader whose questions wait for the test's answers. */
function asked(options: LoaderOptions<RowWindow> = {}): { readonly loader: WindowLoader<RowWindow>; readonly questions: Question[] } {
  const questions: Question[] = [];
  const loader = new WindowLoader<RowWindow>(
    (first, count, signal) =>
      new Promise((resolve) => {
        const answer = async (value: Answer<RowWindow>): Promise<void> => {
          resolve(value);
          await new Promise((done) => setTimeout(done));
        };
        questions.push({ first, count, signal, answer });
      }),
    options,
  );
  return { loader, questions };
}

const full = ({ first, count }: Question): Answer<RowWindow> => ({ ok: true, value: windowOf(first, count) });

describe('the loader of rows', () => {
  it('asks for what is in view, then for a margin on both sides', async () => {
    const { loader, questions } = asked();
    loader.want(1000, 1029, 10_000, 0);
    expect(questions.map(({ first, count }) => [first, count])).toEqual([[1000, 30]]);
    await questions[0]!.answer(full(questions[0]!));
    expect(questions).toHaveLength(2);
    expect(questions[1]!.first).toBeLessThanOrEqual(1000 - 60);
    expect(questions[1]!.first + questions[1]!.count).toBeGreaterThanOrEqual(1030 + 60);
    expect(loader.loaded.window?.length).toBe(30);
  });

  it('asks nothing while the margin lasts', async () => {
    const { loader, questions } = asked();
    loader.want(1000, 1029, 10_000, 0);
    await questions[0]!.answer(full(questions[0]!));
    await questions[1]!.answer(full(questions[1]!));
    loader.want(1005, 1034, 10_000, 0);
    expect(questions).toHaveLength(2);
    loader.want(1050, 1079, 10_000, 0);
    expect(questions).toHaveLength(3);
  });

  it('lets a question run that still covers the view, and aborts one that does not', async () => {
    const { loader, questions } = asked();
    loader.want(1000, 1029, 10_000, 0);
    await questions[0]!.answer(full(questions[0]!));
    loader.want(1010, 1039, 10_000, 0);
    expect(questions).toHaveLength(2);
    loader.want(5000, 5029, 10_000, 0);
    expect(questions).toHaveLength(3);
    expect(questions[1]!.signal.aborted).toBe(true);
    expect(questions[2]!.signal.aborted).toBe(false);
  });

  it('never shows the answer to an older question', async () => {
    const { loader, questions } = asked();
    loader.want(0, 29, 10_000, 0);
    loader.want(5000, 5029, 10_000, 0);
    await questions[1]!.answer(full(questions[1]!));
    await questions[0]!.answer(full(questions[0]!));
    expect(loader.loaded.window?.first).toBe(questions[1]!.first);
  });

  it('asks again when the engine knows more, and goes on showing what it has', async () => {
    const { loader, questions } = asked();
    loader.want(0, 29, 30, 0);
    await questions[0]!.answer(full(questions[0]!));
    loader.want(0, 29, 60, 1);
    expect(questions).toHaveLength(2);
    expect(loader.loaded.window?.length).toBe(30);
  });

  it('does not ask again for rows that are final, only for others', async () => {
    const { loader, questions } = asked({ isFinal: (window) => window.first === 0 });
    loader.want(0, 29, 1000, 0);
    await questions[0]!.answer(full(questions[0]!));
    await questions[1]!.answer(full(questions[1]!));
    loader.want(0, 29, 2000, 1);
    expect(questions).toHaveLength(2);
    loader.want(500, 529, 2000, 1);
    await questions[2]!.answer(full(questions[2]!));
    await questions[3]!.answer(full(questions[3]!));
    expect(questions).toHaveLength(4);
    loader.want(500, 529, 2000, 2);
    expect(questions).toHaveLength(5);
  });

  it('shows at once what it begins with, and asks for what is missing around it and later', () => {
    const whole = asked({ window: windowOf(0, 30) });
    expect(whole.loader.snapshot().window?.length).toBe(30);
    whole.loader.want(0, 19, 30, 7);
    expect(whole.questions).toHaveLength(0);
    whole.loader.want(0, 19, 60, 8);
    expect(whole.questions).toHaveLength(1);
    const part = asked({ window: windowOf(0, 30) });
    part.loader.want(0, 19, 10_000, 7);
    expect(part.questions.map(({ first, count }) => first + count)).toEqual([84]);
  });

  it('does not ask for ever for rows that do not come', async () => {
    const { loader, questions } = asked();
    loader.want(0, 29, 100, 0);
    await questions[0]!.answer({ ok: true, value: windowOf(0, 3) });
    expect(questions).toHaveLength(1);
  });

  it('keeps the rows when a question fails, and says why it failed', async () => {
    const { loader, questions } = asked();
    loader.want(0, 29, 1000, 0);
    await questions[0]!.answer(full(questions[0]!));
    await questions[1]!.answer(full(questions[1]!));
    loader.want(900, 929, 1000, 0);
    await questions[2]!.answer({ ok: false, error: { kind: 'changed', name: 'a.scap' } });
    expect(loader.loaded.window?.first).toBe(0);
    expect(loader.loaded.error?.kind).toBe('changed');
  });
});
