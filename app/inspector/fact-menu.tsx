import { useCallback, useState, type ReactNode } from 'react';
import type { EventRow } from '../../workers/protocol';
import { ask } from '../capture/session';
import { Menu, type Point } from '../components/menu';
import { columnEntry, termEntries } from '../filter/term-menu';
import type { Term } from '../filter/terms';
import { sentence } from '../messages/messages';
import type { TabId } from '../state/model';
import { tell } from '../state/store';

/** Fields that say the same as a fact, for one event. */
export interface Asked {
  readonly tabId: TabId;
  readonly row: EventRow;
  readonly fields: readonly string[];
}

/** What filters compare these fields with for an event: words for people may be other ones. */
async function termsOf({ tabId, row, fields }: Asked): Promise<readonly Term[]> {
  const text = fields.map((field) => `${field} exists`).join(' or ');
  const answer = await ask(tabId, 'whyRow', { text, row });
  if (!answer.ok) {
    if (answer.error.kind !== 'cancelled') tell(sentence(answer.error), 'alert');
    return [];
  }
  return answer.value.map(({ value }, at) => ({ field: fields[at] ?? '', value: value ?? undefined, row }));
}

/** A button that opens what can be done with a fact. */
export function FactMenu({ name, asked }: { readonly name: string; readonly asked: Asked }): ReactNode {
  const [open, setOpen] = useState<{ readonly at: Point; readonly terms: readonly Term[] } | undefined>(undefined);
  const close = useCallback(() => setOpen(undefined), []);
  const show = (button: HTMLElement): void => {
    const { left, bottom } = button.getBoundingClientRect();
    void termsOf(asked).then((terms) => setOpen(terms.length === 0 ? undefined : { at: { x: left, y: bottom }, terms }));
  };
  return (
    <>
      <button
        type="button"
        className="icon fact-menu"
        aria-label={`Filter or column: ${name}`}
        aria-haspopup="menu"
        onClick={(event) => show(event.currentTarget)}
      >
        ⋯
      </button>
      {open === undefined ? null : (
        <Menu label={name} at={open.at} groups={open.terms.map((term) => [...termEntries(asked.tabId, term), ...columnEntry(asked.tabId, term)])} onClose={close} />
      )}
    </>
  );
}
