/** Which files are parts of one recording (`sysdig -C`, `-W`, `-G`, `-e`), and in which order they were written. */

/** What the beginning of a file says about it. */
export interface FileHead {
  readonly name: string;
  /** Host that recorded it; `undefined` when the file is no capture or could not be read. */
  readonly host: string | undefined;
  /** Time of its first event, nanoseconds since the epoch; `undefined` when it has none. */
  readonly firstNs: bigint | undefined;
}

const naturally = new Intl.Collator('en', { numeric: true });

/** Order of recording: by first event; files that have none, and those of one instant, by name with numbers as numbers. */
function inOrder(a: FileHead, b: FileHead): number {
  if (a.firstNs !== undefined && b.firstNs !== undefined && a.firstNs !== b.firstNs) return a.firstNs < b.firstNs ? -1 : 1;
  return naturally.compare(a.name, b.name);
}

/** Positions of `heads` in the order of recording. */
export function orderOf(heads: readonly FileHead[]): readonly number[] {
  return heads
    .map((head, position) => ({ head, position }))
    .sort((a, b) => inOrder(a.head, b.head))
    .map((entry) => entry.position);
}

/**
 * The name without what rolling changes in it: the counter at its end (`web.scap0`, `web.scap.gz12`) or the numbers of a
 * time pattern (`web-20260801_1200.scap`).
 */
function stem(name: string): string {
  const counter = /^(.*\.(?:scap|gz))\d+$/i.exec(name);
  return counter?.[1] ?? name.replaceAll(/\d{2,}/g, '#');
}

/**
 * Groups of positions, each one capture, in the order in which the groups' first files were given. Files belong
 * together when one host recorded them under names that differ only as rolled files do, each beginning at another time
 * (two copies of one recording do not).
 */
export function planFiles(heads: readonly FileHead[]): readonly (readonly number[])[] {
  const groups = new Map<string, number[]>();
  for (const [position, head] of heads.entries()) {
    const family = head.host === undefined ? `${position}` : `${head.host}\n${stem(head.name)}\n`;
    const taken = groups.get(family) ?? [];
    const isCopy = taken.some((other) => heads[other]?.firstNs === head.firstNs);
    if (isCopy) groups.set(`${position}`, [position]);
    else groups.set(family, [...taken, position]);
  }
  return [...groups.values()].map((group) => {
    const members = group.flatMap((position) => heads[position] ?? []);
    return orderOf(members).flatMap((member) => group[member] ?? []);
  });
}
