import { useCallback, type ReactNode } from 'react';
import { Popover } from '../components/popover';
import { counted, grouped } from '../format/number';
import { damageSentence } from '../messages/messages';
import type { Tab } from '../state/model';
import { useApp } from '../state/store';
import { showOverlay } from './commands';

/** Says that parts of the file could not be read; opened, what and where. */
export function DamageBadge({ tab }: { readonly tab: Tab }): ReactNode {
  const isOpen = useApp((state) => state.ui.overlay === 'damage');
  const close = useCallback(() => showOverlay('none'), []);
  const { summary } = tab;
  if (summary === undefined || summary.damageCount === 0) return null;
  const { damage, damageCount } = summary;
  const beyond = damageCount - damage.length;
  const isCut = beyond === 0 && damage.every(({ kind }) => kind === 'truncated');
  return (
    <div className="menu end">
      <button
        type="button"
        className="badge warn"
        aria-haspopup="dialog"
        aria-expanded={isOpen}
        onClick={() => showOverlay(isOpen ? 'none' : 'damage')}
      >
        ⚠ {isCut ? 'Cut short' : counted(damageCount, 'damaged place')}
      </button>
      {isOpen ? (
        <Popover label="Damage" onClose={close}>
          <div className="damage" tabIndex={-1}>
            <p>
              {grouped(summary.events)} events could be read. Offsets are in the decompressed capture.
            </p>
            <ol>
              {damage.map((one) => (
                <li key={`${one.offset}/${one.kind}`}>{damageSentence(one)}</li>
              ))}
            </ol>
            {beyond > 0 ? <p>And {counted(beyond, 'more place')}.</p> : null}
          </div>
        </Popover>
      ) : null}
    </div>
  );
}
