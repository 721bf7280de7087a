import { useCallback, type ReactNode } from 'react';
import type { CaptureSummary, EventRow } from '../../workers/protocol';
import { Popover } from '../components/popover';
import { showAmongEvents } from '../events/moves';
import { counted, grouped } from '../format/number';
import { damageSentence, gapSentence } from '../messages/messages';
import type { TabId } from '../state/model';
import { useApp } from '../state/store';
import { showOverlay } from './commands';

function badgeWords({ damage, damageCount, gaps }: CaptureSummary): string {
  const isCut = damageCount > 0 && damageCount === damage.length && damage.every(({ kind }) => kind === 'truncated');
  const words = [
    gaps.length === 0 ? '' : counted(gaps.length, 'gap'),
    damageCount === 0 ? '' : isCut ? 'cut short' : counted(damageCount, 'damaged place'),
  ].filter((word) => word !== '');
  const text = words.join(', ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function goTo(id: TabId, row: EventRow): void {
  showOverlay('none');
  void showAmongEvents(id, row);
}

/** Says that parts of the capture are missing or could not be read; opened, what and where. */
export function DamageBadge(props: { readonly id: TabId; readonly summary: CaptureSummary | undefined }): ReactNode {
  const isOpen = useApp((state) => state.ui.overlay === 'damage');
  const close = useCallback(() => showOverlay('none'), []);
  const { id, summary } = props;
  if (summary === undefined || summary.damageCount + summary.gaps.length === 0) return null;
  const { damage, damageCount, gaps } = summary;
  const beyond = damageCount - damage.length;
  // Damage of the packing is told by another worker, sooner or later than that of what was packed.
  const places = [...damage].sort((a, b) => a.offset - b.offset);
  return (
    <div className="menu">
      <button
        type="button"
        className="badge warn"
        aria-haspopup="dialog"
        aria-expanded={isOpen}
        onClick={() => showOverlay(isOpen ? 'none' : 'damage')}
      >
        ⚠ {badgeWords(summary)}
      </button>
      {isOpen ? (
        <Popover label={gaps.length === 0 ? 'Damage' : 'Gaps and damage'} onClose={close}>
          <div className="damage" tabIndex={-1}>
            {gaps.length === 0 ? null : (
              <ul aria-label="Gaps">
                {gaps.map((gap) => (
                  <li key={gap.row}>
                    {gapSentence(gap)}{' '}
                    <button type="button" className="link" onClick={() => goTo(id, gap.row)}>
                      Go there
                    </button>
                  </li>
                ))}
              </ul>
            )}
            {damageCount === 0 ? null : (
              <>
                <p>{grouped(summary.events)} events could be read. Offsets are in the decompressed capture.</p>
                <ol aria-label="Damaged places">
                  {places.map((one) => (
                    <li key={`${one.offset}/${one.block}/${one.field}`}>{damageSentence(one)}</li>
                  ))}
                </ol>
              </>
            )}
            {beyond > 0 ? <p>And {counted(beyond, 'more place')}.</p> : null}
          </div>
        </Popover>
      ) : null}
    </div>
  );
}
