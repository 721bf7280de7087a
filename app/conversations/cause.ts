/** What the events of a finding stand for. */
import type { ConversationDetail, EdgesLine, EventRow, FailureCause, Finding } from '../../workers/protocol';
import type { EventNumber } from '../format/number';

/** What one event of a finding is. */
export interface Role {
  readonly event: EventNumber;
  /** Row, where it is known. */
  readonly row: EventRow | undefined;
  readonly label: string;
}

/** An event by its number and, where there are several, its section. */
export function eventOf(num: number, section: number | undefined): EventNumber {
  return section === undefined ? { num } : { num, section };
}

/** The events of a finding, in order. */
export function eventsOf({ evts, sections }: Finding): readonly EventNumber[] {
  return evts.map((num, at) => eventOf(num, sections?.[at]));
}

/** The events of a call, as far as they were recorded. */
function edgesOf(edges: EdgesLine | null | undefined): readonly EventNumber[] {
  const { enter, exit } = edges ?? {};
  return [
    ...(enter === null || enter === undefined ? [] : [eventOf(enter, edges?.enter_section)]),
    ...(exit === null || exit === undefined ? [] : [eventOf(exit, edges?.exit_section)]),
  ];
}

function isEvent(a: EventNumber): (b: EventNumber) => boolean {
  return (b) => a.num === b.num && a.section === b.section;
}

/** The cause of the failed call that a finding is about. */
export function causeOf(finding: Finding, { causes, line }: ConversationDetail): FailureCause | undefined {
  const events = eventsOf(finding);
  return causes.find(({ failure }) => {
    const failed = edgesOf(line.failures[failure]).at(-1);
    return failed !== undefined && events.some(isEvent(failed));
  });
}

/** What the events of a finding are, in the order of the story: the closer's last act, the close, the call that failed. */
export function rolesOf(finding: Finding, detail: ConversationDetail): readonly Role[] {
  const { failures, accept, connect } = detail.line;
  const events = eventsOf(finding);
  const cause = causeOf(finding, detail);
  const failure = cause === undefined ? undefined : failures[cause.failure];
  const roles: Role[] = [];
  const told: EventNumber[] = [];
  const tell = (label: string, edges: readonly EventNumber[], row?: EventRow): void => {
    const [event] = edges;
    if (event === undefined || !events.some(isEvent(event))) return;
    told.push(...edges);
    roles.push({ event, row, label });
  };
  if (cause !== undefined && failure !== undefined) {
    const closing = failure.cause_evts.map((num, at) => eventOf(num, failure.cause_sections?.[at]));
    tell(cause.how === 'shut the connection down' ? 'shutdown' : 'close', closing, cause.rows[0]);
    tell(failure.call, edgesOf(failure), cause.failedRow);
  }
  tell('connect', edgesOf(connect));
  tell('accept', edgesOf(accept));
  for (const event of events) {
    if (told.some(isEvent(event))) continue;
    const act = cause?.between.find((one) => one.num !== null && isEvent(event)(eventOf(one.num, one.section)));
    roles.push({ event, row: act?.row, label: act === undefined ? 'event' : act.syscall });
  }
  const order = ({ event }: Role): number => events.findIndex(isEvent(event));
  return roles.sort((a, b) => order(a) - order(b)).slice(0, 12);
}
