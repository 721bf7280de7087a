/** What the events of a finding stand for. */
import type { ConversationDetail, EventRow, FailureCause, Finding } from '../../workers/protocol';

/** What one event of a finding is. */
export interface Role {
  readonly num: number;
  /** Row, where it is known: numbers begin again in every section. */
  readonly row: EventRow | undefined;
  readonly label: string;
}

/** The cause of the failed call that a finding is about. */
export function causeOf(finding: Finding, { causes, line }: ConversationDetail): FailureCause | undefined {
  return causes.find(({ failure }) => {
    const failed = line.failures[failure];
    return failed !== undefined && finding.evts.includes(failed.exit ?? failed.enter ?? -1);
  });
}

/** What the events of a finding are, in the order of the story: the closer's last act, the close, the call that failed. */
export function rolesOf(finding: Finding, detail: ConversationDetail): readonly Role[] {
  const { failures, accept, connect } = detail.line;
  const cause = causeOf(finding, detail);
  const failure = cause === undefined ? undefined : failures[cause.failure];
  const roles: Role[] = [];
  const told = new Set<number>();
  const tell = (label: string, enter: number | null | undefined, exit: number | null | undefined, row?: EventRow): void => {
    const num = enter ?? exit;
    if (num === null || num === undefined || !finding.evts.includes(num)) return;
    for (const one of [enter, exit]) if (one !== null && one !== undefined) told.add(one);
    roles.push({ num, row, label });
  };
  if (cause !== undefined && failure !== undefined) {
    tell(cause.how === 'shut the connection down' ? 'shutdown' : 'close', cause.evts[0], cause.evts.at(-1), cause.rows[0]);
    for (const one of cause.evts) told.add(one);
    tell(failure.call, failure.enter, failure.exit, cause.failedRow);
  }
  tell('connect', connect?.enter, connect?.exit);
  tell('accept', accept?.enter, accept?.exit);
  for (const num of finding.evts) {
    if (told.has(num)) continue;
    const act = cause?.between.find((one) => one.num === num);
    roles.push({ num, row: act?.row, label: act === undefined ? 'event' : act.syscall });
  }
  return roles.sort((a, b) => a.num - b.num).slice(0, 12);
}
