import type { ReactNode } from 'react';
import type { CaptureError, EventRow } from '../../workers/protocol';
import type { Loadable } from '../base/use-query';
import { eventText, grouped } from '../format/number';
import { visible } from '../format/visible';
import { sentence } from '../messages/messages';
import type { TabId } from '../state/model';
import { FactMenu, type Asked } from './fact-menu';
import { goToEvent } from './go';

/** One name and what stands for it; nothing when there is nothing to say. */
export function Fact(props: {
  readonly name: string;
  /** Fields that filters know it by. */
  readonly asked?: Asked;
  readonly children: ReactNode;
}): ReactNode {
  const { name, asked, children } = props;
  return (
    <div className="fact">
      <dt>{name}</dt>
      <dd>
        {children}
        {asked === undefined ? null : <FactMenu name={name} asked={asked} />}
      </dd>
    </div>
  );
}

/** Captured text. */
export function Captured({ text }: { readonly text: string }): ReactNode {
  return <span className="captured">{visible(text)}</span>;
}

/** Goes to an event. */
export function EventLink(props: {
  readonly tabId: TabId;
  readonly row: EventRow;
  readonly num: number | undefined;
  readonly section: number | undefined;
  readonly label?: string;
}): ReactNode {
  const name = props.num === undefined || Number.isNaN(props.num) ? `row ${grouped(props.row)}` : `#${eventText(props.num, props.section)}`;
  return (
    <button type="button" className="link" onClick={() => void goToEvent(props.tabId, { row: props.row })}>
      {props.label === undefined ? name : `${props.label} ${name}`}
    </button>
  );
}

/** Shows an answer once it is there. */
export function Loaded<T>(props: {
  readonly state: Loadable<T>;
  readonly stale: boolean;
  readonly children: (value: T) => ReactNode;
}): ReactNode {
  const { state, stale, children } = props;
  if (state.status === 'loading') return <p className="pane-note">Reading…</p>;
  if (state.status === 'failed') return <Failed error={state.error} />;
  return <div aria-busy={stale}>{children(state.value)}</div>;
}

function Failed({ error }: { readonly error: CaptureError }): ReactNode {
  return error.kind === 'cancelled' ? null : <p className="pane-note">{sentence(error)}</p>;
}
