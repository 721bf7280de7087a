import { begin } from './idle';

export interface Debounced {
  readonly call: () => void;
  /** Runs a waiting call now. */
  readonly flush: () => void;
  readonly cancel: () => void;
}

/** Runs `run` once, `ms` after the last of several calls. */
export function debounce(run: () => void, ms: number): Debounced {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let end: () => void = () => undefined;
  const cancel = (): void => {
    clearTimeout(timer);
    timer = undefined;
    end();
  };
  const fire = (): void => {
    cancel();
    run();
  };
  return {
    call: () => {
      clearTimeout(timer);
      if (timer === undefined) end = begin();
      timer = setTimeout(fire, ms);
    },
    flush: () => {
      if (timer !== undefined) fire();
    },
    cancel,
  };
}
