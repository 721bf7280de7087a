import { useState, type ReactNode } from 'react';
import { Dialog } from '../components/dialog';
import { showInConversation } from '../conversations/moves';
import { parseGoTo, type GoToContext, type Target } from '../events/go-to';
import { goTo } from '../events/moves';
import { eventWords } from '../format/number';
import { seconds, timeOfDay } from '../format/time';
import type { Tab } from '../state/model';
import { useApp } from '../state/store';
import { showOverlay } from './commands';

function described(target: Target, context: GoToContext): string {
  if (target.kind === 'event') return `Event ${eventWords(target.event)}`;
  const at = timeOfDay(context.firstNs + BigInt(target.ns), context.zone);
  return `First row at or after ${at}, ${seconds(target.ns)} s from the start`;
}

/** A call of the conversation that is open is shown there. */
async function goThere(tab: Tab, target: Target): Promise<void> {
  const isConversation = tab.view === 'conversations' && tab.open !== undefined;
  if (isConversation && target.kind === 'event' && (await showInConversation(tab.id, target.event))) return;
  await goTo(tab.id, target);
}

function hint(sections: number): string {
  return sections > 1
    ? 'A number is an event, 2.14107 one of the second file or section; with a unit it is time from the start; with colons a time of day.'
    : 'A number is an event; with a point or a unit it is seconds from the start; with colons a time of day.';
}

/** Asks where to go: an event number or a time. */
export function GoToDialog({ tab }: { readonly tab: Tab }): ReactNode {
  const [text, setText] = useState('');
  const zone = useApp((state) => (state.preferences.time === 'utc' ? 'utc' : 'local'));
  const context: GoToContext = {
    firstNs: tab.summary?.firstNs ?? 0n,
    durationNs: tab.summary?.durationNs ?? 0,
    zone,
    sections: tab.summary?.sections ?? 1,
  };
  const target = parseGoTo(text, context);
  return (
    <Dialog label="Go to" className="goto" onClose={() => showOverlay('none')}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (target === undefined) return;
          showOverlay('none');
          void goThere(tab, target).then(() => document.querySelector<HTMLElement>('[role=grid]')?.focus());
        }}
      >
        <label className="goto-label">
          Event number or time
          <input
            type="text"
            className="palette-input"
            autoComplete="off"
            spellCheck={false}
            placeholder={`${context.sections > 1 ? '2.14107' : '14107'} · 6.55 s · 12:33:14.5`}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
        </label>
        <p className="goto-hint" aria-live="polite">
          {target !== undefined
            ? described(target, context)
            : text.trim() === ''
              ? hint(context.sections)
              : 'Neither an event number nor a time.'}
        </p>
      </form>
    </Dialog>
  );
}
