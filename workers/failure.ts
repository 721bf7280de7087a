/**
 * Failures inside the workers. Classes lose their name and fields on the way to the page, so a `Failure` never leaves:
 * the dispatcher flattens it to the plain `CaptureError` it carries.
 */
import type { CaptureError } from './protocol';

/** Thrown inside a worker by whoever knows what to tell the page. */
export class Failure extends Error {
  readonly error: CaptureError;

  constructor(error: CaptureError) {
    super(error.kind);
    this.name = 'Failure';
    this.error = error;
  }
}

/** Throws `cancelled` once the request was aborted. */
export function checkAborted(signal: AbortSignal): void {
  if (signal.aborted) throw new Failure({ kind: 'cancelled' });
}

/** Text of anything that was thrown. */
export function describeThrown(cause: unknown): string {
  if (cause instanceof Error) return cause.message === '' ? cause.name : cause.message;
  return String(cause);
}

function thrownName(cause: unknown): string {
  return cause instanceof Error || cause instanceof DOMException ? cause.name : '';
}

/**
 * What a failed read of a file means. A browser refuses to read a file that is not the one the user chose any more
 * (other size or time) with the same error as a file it may not read: only a file that was readable before has changed.
 */
export function readFailure(file: File, cause: unknown, wasReadable: boolean): CaptureError {
  switch (thrownName(cause)) {
    case 'NotFoundError':
      return wasReadable
        ? { kind: 'changed', name: file.name }
        : { kind: 'unreadable', name: file.name, reason: 'it is not there any more, or it is a directory' };
    case 'NotReadableError':
      return wasReadable
        ? { kind: 'changed', name: file.name }
        : { kind: 'unreadable', name: file.name, reason: 'the browser may not read it' };
    default:
      return { kind: 'unreadable', name: file.name, reason: describeThrown(cause) };
  }
}

/** The plain error of anything thrown by a handler; what nobody expected is a bug. */
export function toCaptureError(cause: unknown): CaptureError {
  if (cause instanceof Failure) return cause.error;
  return { kind: 'bug', message: describeThrown(cause) };
}
