import { createElement, useEffect, useState, type ComponentType, type ReactNode } from 'react';
import { track } from '../base/idle';

/** A component whose code is fetched when it is first shown, or before. */
export interface Later<Props> {
  readonly Component: ComponentType<Props>;
  /** Fetches the code now. */
  readonly prefetch: () => void;
}

/**
 * React's own `lazy` holds back what has come for some 300 ms, so that placeholders do not flicker; here there is
 * nothing to hold back for.
 */
export function later<Props extends object>(load: () => Promise<ComponentType<Props>>): Later<Props> {
  let loaded: ComponentType<Props> | undefined;
  let loading: Promise<void> | undefined;
  const fetch = (): Promise<void> => {
    loading ??= track(load()).then(
      (component) => {
        loaded = component;
      },
      (cause: unknown) => {
        // The network may be back at the next try.
        loading = undefined;
        throw cause;
      },
    );
    return loading;
  };
  function Component(props: Props): ReactNode {
    const [state, setState] = useState<'waiting' | 'ready' | 'failed'>(loaded === undefined ? 'waiting' : 'ready');
    useEffect(() => {
      if (loaded !== undefined) return undefined;
      let isGone = false;
      const settle = (next: 'ready' | 'failed') => (): void => {
        if (!isGone) setState(next);
      };
      fetch().then(settle('ready'), settle('failed'));
      return () => {
        isGone = true;
      };
    }, []);
    if (state === 'ready' && loaded !== undefined) return createElement(loaded, props);
    return <p className="grid-note">{state === 'failed' ? 'This part of the page cannot be fetched: the network is away.' : 'Loading…'}</p>;
  }
  return { Component, prefetch: () => void fetch().catch(() => undefined) };
}
