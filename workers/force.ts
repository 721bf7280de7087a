/**
 * Breaks the engine for good, in test builds only: a file named `….force-trap.scap` makes it trap after its first
 * piece, one named `….force-memory.scap` makes it run out of memory, and one named `….force-limit.scap` makes it stop
 * before that. One named `….force-search-trap.scap` makes the workers trap that search it. Nothing of it is in a production
 * build.
 */
import type { Engine } from './engine';

/** Does what the name of `file` asks for. */
export function forceFailure(file: File, engine: Engine): void {
  if (file.name.includes('.force-trap.')) engine.trap?.();
  if (file.name.includes('.force-memory.')) engine.exhaust?.();
}

/** A limit of memory that any long capture has reached once it has events. */
export function forcedLimit(file: File, events: number): number | undefined {
  return file.name.includes('.force-limit.') && events > 0 ? 2 << 20 : undefined;
}

/** Does what the name of `file` asks for where it is searched. */
export function forceSearchFailure(file: File, engine: Engine): void {
  if (file.name.includes('.force-search-trap.')) engine.trap?.();
}
