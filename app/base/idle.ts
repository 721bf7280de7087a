/**
 * Knows whether the page has work under way: requests, writes to storage or to the address bar. Specs wait for it
 * instead of sleeping.
 */
let pending = 0;

/** Counts `work` as under way until it settles. */
export function track<T>(work: Promise<T>): Promise<T> {
  pending += 1;
  const done = (): void => {
    pending -= 1;
  };
  work.then(done, done);
  return work;
}

/** Counts as under way until the returned function is called, any number of times. */
export function begin(): () => void {
  pending += 1;
  let ended = false;
  return () => {
    if (ended) return;
    ended = true;
    pending -= 1;
  };
}

function nextFrame(): Promise<void> {
  return new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
}

/** Resolves once nothing was under way for two frames in a row. */
export async function whenIdle(): Promise<void> {
  for (let quiet = 0; quiet < 2; ) {
    await nextFrame();
    quiet = pending === 0 ? quiet + 1 : 0;
  }
}
