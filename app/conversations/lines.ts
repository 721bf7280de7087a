/** Which line of the flow shows what. */
import type { Finding } from '../../workers/protocol';

/** A finding and the call it stands behind. */
export interface Inlet {
  readonly after: number;
  readonly finding: Finding;
}

export type Line = { readonly call: number } | { readonly finding: Finding };

/** What stands in a line of the flow: calls, with findings put in behind theirs. */
export function lineAt(index: number, inlets: readonly Inlet[]): Line {
  let put = 0;
  for (const { after, finding } of inlets) {
    const at = after + 1 + put;
    if (index === at) return { finding };
    if (index < at) break;
    put += 1;
  }
  return { call: index - put };
}

/** Line of a call. */
export function indexOfCall(position: number, inlets: readonly Inlet[]): number {
  return position + inlets.filter(({ after }) => after < position).length;
}
