import { useEffect, useEffectEvent, useState } from 'react';
import type { Answer, CaptureError } from '../../workers/protocol';

export type Loadable<T> =
  | { readonly status: 'loading' }
  | { readonly status: 'ready'; readonly value: T }
  | { readonly status: 'failed'; readonly error: CaptureError };

interface Kept<T> {
  readonly key: string;
  readonly state: Loadable<T>;
}

const loading: Loadable<never> = { status: 'loading' };

/**
 * Asks again whenever `key` changes and aborts the question before; an answer to an older key is never shown.
 * With an undefined key nothing is asked.
 */
export function useQuery<T>(
  key: string | undefined,
  run: (signal: AbortSignal) => Promise<Answer<T>>,
): Loadable<T> {
  const [kept, setKept] = useState<Kept<T> | undefined>(undefined);
  const ask = useEffectEvent(run);
  useEffect(() => {
    if (key === undefined) return undefined;
    const abort = new AbortController();
    void ask(abort.signal).then((answer) => {
      if (abort.signal.aborted) return;
      setKept({
        key,
        state: answer.ok ? { status: 'ready', value: answer.value } : { status: 'failed', error: answer.error },
      });
    });
    return () => abort.abort();
  }, [key]);
  return kept !== undefined && kept.key === key ? kept.state : loading;
}

/**
 * Like `useQuery`, but keeps the last answer while the next one is under way, so that walking through rows does not
 * flicker. The value must name what it is about, for it may lag behind the question.
 */
export function useLatest<T>(
  key: string | undefined,
  run: (signal: AbortSignal) => Promise<Answer<T>>,
): { readonly state: Loadable<T>; readonly stale: boolean } {
  const state = useQuery(key, run);
  const [last, setLast] = useState<Loadable<T>>(state);
  if (state.status !== 'loading' && state !== last) setLast(state);
  return state.status === 'loading' ? { state: last, stale: true } : { state, stale: false };
}
