/** Why an event passes the filter or does not, and how the filter is run. */
import { useState, type ReactNode } from 'react';
import type { Answer, EventRow, FilterReason, FilterStep } from '../../workers/protocol';
import { useQuery, type Loadable } from '../base/use-query';
import { ask } from '../capture/session';
import { Dialog } from '../components/dialog';
import { eventText, parseEventNumber } from '../format/number';
import { visible } from '../format/visible';
import { mistakeSentence, sentence } from '../messages/messages';
import type { Tab, TabId } from '../state/model';
import { placeOf } from '../state/select';
import { useApp } from '../state/store';
import { checkFilter } from './moves';
import { runFilterPast } from './run';

/** The checks of a filter for one event. */
interface Judged {
  /** Its number, and which edge of a call it is. */
  readonly name: string;
  readonly passes: boolean;
  readonly reasons: readonly FilterReason[];
}

type Why = { readonly events: readonly Judged[] } | { readonly refused: string };

async function judge(id: TabId, text: string, row: EventRow, name: string, signal: AbortSignal): Promise<Answer<Judged>> {
  const reasons = await ask(id, 'whyRow', { text, row }, signal);
  if (!reasons.ok) return reasons;
  const ran = await runFilterPast(id, text, row, signal);
  if (!ran.ok) return ran;
  const found = await ask(id, 'locate', { list: { unit: 'events', filter: text }, at: { row } }, signal);
  if (!found.ok) return found;
  return { ok: true, value: { name, passes: found.value?.exact === true && found.value.row === row, reasons: reasons.value } };
}

/** The edges of the call that an event belongs to, each with its checks; another event has one. */
async function why(tab: Tab, text: string, about: string, signal: AbortSignal): Promise<Answer<Why>> {
  const { id } = tab;
  const refuse = (refused: string): Answer<Why> => ({ ok: true, value: { refused } });
  const number = parseEventNumber(about.trim());
  if (number === undefined) return refuse(about.trim() === '' ? 'Which event?' : 'That is no event number.');
  const at = await ask(id, 'locate', { list: { unit: 'events' }, at: number }, signal);
  if (!at.ok) return at;
  if (at.value?.exact !== true) return refuse(sentence({ kind: 'no-such-event', what: `event ${about.trim()}` }));
  const call = await ask(id, 'call', { row: at.value.row }, signal);
  if (!call.ok) return call;
  const { enter, exit, isCall, type } = call.value;
  const events: Judged[] = [];
  for (const edge of [enter, exit]) {
    if (edge === undefined) continue;
    const words = isCall ? `${edge.direction} of ${type}` : type;
    const judged = await judge(id, text, edge.row, `${eventText(edge.num, edge.section)} · ${words}`, signal);
    if (!judged.ok) return judged;
    events.push(judged.value);
  }
  return { ok: true, value: { events } };
}

async function plan(id: TabId, text: string, signal: AbortSignal): Promise<Answer<readonly FilterStep[] | string>> {
  const check = await checkFilter(id, text, signal);
  if (check === undefined) return { ok: false, error: { kind: 'cancelled' } };
  if (!check.isAccepted) return { ok: true, value: mistakeSentence(check.mistake) };
  return ask(id, 'explainFilter', { text }, signal);
}

export function ExplainDialog({ tab, onClose }: { readonly tab: Tab; readonly onClose: () => void }): ReactNode {
  const place = placeOf(tab);
  const typed = useApp((state) => state.drafts.get(tab.id));
  const text = (typed ?? place.filter).trim();
  const selected = tab.view === 'events' ? place.selected?.facts : undefined;
  const [about, setAbout] = useState(selected?.num === undefined ? '' : eventText(selected.num, selected.section));
  const steps = useQuery(text === '' ? undefined : text, (signal) => plan(tab.id, text, signal));
  const isFilter = steps.status === 'ready' && typeof steps.value !== 'string';
  const answer = useQuery(isFilter ? `${about} ${text}` : undefined, (signal) => why(tab, text, about, signal));
  return (
    <Dialog label="Filter explained" className="explain" onClose={onClose}>
      <div className="explain-body">
        <h2 className="explain-title">Why does an event pass, or not?</h2>
        {text === '' ? <p>There is no filter: every event passes.</p> : <p className="explain-filter mono">{visible(text)}</p>}
        {steps.status === 'ready' && typeof steps.value === 'string' ? <p className="bad">{steps.value}</p> : null}
        {text === '' ? null : (
          <label className="explain-about">
            Event{' '}
            <input type="text" inputMode="decimal" autoComplete="off" value={about} onChange={(event) => setAbout(event.currentTarget.value)} />
          </label>
        )}
        {isFilter ? <Answered state={answer} /> : null}
        {steps.status === 'ready' && typeof steps.value !== 'string' ? (
          <section aria-label="How it is run">
            <h2 className="explain-title">How it is run</h2>
            <ol className="explain-steps">
              {steps.value.map((step, at) => (
                <li key={at}>
                  <code>{visible(step.text)}</code> <span className="dim">{step.asked}</span>
                </li>
              ))}
            </ol>
          </section>
        ) : null}
      </div>
      <div className="sheet-foot">
        <span className="dim">Checks are asked in the order of “How it is run”; the order as written is that of the table.</span>
        <button type="button" className="button" onClick={onClose}>
          Close
        </button>
      </div>
    </Dialog>
  );
}

function Answered({ state }: { readonly state: Loadable<Why> }): ReactNode {
  if (state.status === 'loading') return <p className="dim">…</p>;
  if (state.status === 'failed') return <p className="bad">{sentence(state.error)}</p>;
  if ('refused' in state.value) return <p role="status">{state.value.refused}</p>;
  const { events } = state.value;
  return (
    <>
      <p role="status">
        <Verdict events={events} />
      </p>
      <table className="explain-table">
        <thead>
          <tr>
            <th scope="col">Check</th>
            {events.map(({ name }) => (
              <th key={name} scope="col">
                {visible(name)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {(events[0]?.reasons ?? []).map((reason, at) => (
            <tr key={at}>
              <th scope="row" className="mono">
                {visible(reason.text)}
              </th>
              {events.map(({ name, reasons }) => (
                <td key={name}>
                  <Reason reason={reasons[at]} />
                </td>
              ))}
            </tr>
          ))}
          <tr>
            <th scope="row">All of it</th>
            {events.map(({ name, passes }) => (
              <td key={name} className={passes ? 'good' : 'bad'}>
                {passes ? '✓ passes' : '✗ does not pass'}
              </td>
            ))}
          </tr>
        </tbody>
      </table>
    </>
  );
}

function Verdict({ events }: { readonly events: readonly Judged[] }): ReactNode {
  const passing = events.filter(({ passes }) => passes);
  if (events.length < 2) return passing.length === 0 ? 'The event does not pass.' : 'The event passes.';
  if (passing.length === 0) return 'The call does not pass: neither of its events does.';
  return passing.length === 2 ? 'The call passes: both of its events do.' : `The call passes by its event ${passing[0]?.name ?? ''}.`;
}

function Reason({ reason }: { readonly reason: FilterReason | undefined }): ReactNode {
  if (reason === undefined) return null;
  return (
    <>
      <span className={reason.holds ? 'good' : 'bad'}>{reason.holds ? '✓' : '✗'}</span>{' '}
      <span className="visually-hidden">{reason.holds ? 'holds:' : 'does not hold:'}</span>
      {reason.value === null ? <span className="dim">no value</span> : <span className="mono captured">{visible(reason.value)}</span>}
    </>
  );
}
