import { expect, it } from 'vitest';
import type { ConversationDetail, FailureCause, FailureLine, Finding } from '../../workers/protocol';
import { causeOf, rolesOf } from './cause';

const failure: FailureLine = {
  side: 0,
  call: 'writev',
  enter: 14121,
  exit: 14140,
  errno: 'EPIPE',
  requested: 8,
  cause_evts: [14112, 14113],
  close_exit_to_enter_ns: 84_800,
};
const cause = {
  failure: 0,
  how: 'closed',
  rows: [14111, 14112],
  evts: [14112, 14113],
  failedRow: 14120,
  between: [{ row: 14109, num: 14110, syscall: 'write' }],
} as unknown as FailureCause;
const detail = { line: { failures: [failure], accept: null, connect: null }, causes: [cause] } as unknown as ConversationDetail;
const finding = (evts: readonly number[]): Finding => ({ evts }) as unknown as Finding;

it('tells the events of a refused write in the order of the story, each once', () => {
  const roles = rolesOf(finding([14110, 14112, 14113, 14121, 14140]), detail);
  expect(roles).toEqual([
    { event: { num: 14110 }, row: 14109, label: 'write' },
    { event: { num: 14112 }, row: 14111, label: 'close' },
    { event: { num: 14121 }, row: 14120, label: 'writev' },
  ]);
});

it('where each file counts from 1, the close of one and the write of the next stand in their order and are told apart', () => {
  const late: FailureLine = { ...failure, enter: 7, exit: 9, enter_section: 2, exit_section: 2, cause_evts: [7, 9], cause_sections: [1, 1] };
  const across = { line: { failures: [late], accept: null, connect: null }, causes: [{ ...cause, between: [] }] } as unknown as ConversationDetail;
  const about = (sections: readonly number[]): Finding => ({ evts: [7, 9, 7, 9], sections }) as unknown as Finding;
  expect(rolesOf(about([1, 1, 2, 2]), across)).toEqual([
    { event: { num: 7, section: 1 }, row: 14111, label: 'close' },
    { event: { num: 7, section: 2 }, row: 14120, label: 'writev' },
  ]);
  expect(causeOf(about([3, 3, 4, 4]), across)).toBeUndefined();
});

it('a finding about something else has no cause, and its events are just events', () => {
  const other = finding([7, 9]);
  expect(causeOf(other, detail)).toBeUndefined();
  expect(rolesOf(other, detail).map(({ label }) => label)).toEqual(['event', 'event']);
});
