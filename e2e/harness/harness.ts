/** Puts the client of the workers where a test can reach it, without the page around it. */
import { wrap } from 'comlink';
import { createCapture, prepareEngine } from '../../workers/client';
import type { Methods } from '../../workers/dispatch';

const input = document.querySelector('input');

const harness = {
  createCapture,
  prepareEngine,
  files: (): File[] => [...(input?.files ?? [])],
  detaching: () =>
    wrap<Methods>(new Worker(new URL('./detach.worker.ts', import.meta.url), { type: 'module' })),
};

/** What a test finds on the page. */
export type Harness = typeof harness;

Object.assign(globalThis, { harness });
