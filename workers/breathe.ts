/**
 * Lets waiting messages in. Timers would cost 4 ms each, and a resolved promise lets nobody in: a message to ourselves
 * is queued behind those that have arrived already, so each of them is answered first.
 */
export function createBreather(): () => Promise<void> {
  const channel = new MessageChannel();
  let resume: (() => void)[] = [];
  channel.port1.onmessage = () => {
    const ready = resume;
    resume = [];
    for (const go of ready) go();
  };
  return () =>
    new Promise((resolve) => {
      resume.push(resolve);
      if (resume.length === 1) channel.port2.postMessage(undefined);
    });
}
