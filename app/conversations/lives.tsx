/** Strips of lives: of the pair, and of each single address. */
import type { ReactNode } from 'react';
import type { LifeMark } from '../../workers/protocol';
import { counted, grouped } from '../format/number';
import { seconds } from '../format/time';
import { visible } from '../format/visible';
import type { TabId } from '../state/model';
import { store } from '../state/store';
import { nameOf, stepLife } from './moves';

/** Lives that a strip shows at once. */
const shownLives = 40;

function lifeTitle(life: LifeMark, at: number, isPair: boolean): string {
  const words = [
    life.life === null ? 'connect that failed' : `life ${isPair ? life.life : `${life.life} of ${life.key}`}`,
    life.startNs === undefined ? 'older than the capture' : `${seconds(life.startNs).slice(0, -3)} s`,
    life.failed ? 'failed' : '',
    life.current ? 'shown' : '',
  ];
  return `${at + 1}: ${words.filter((word) => word !== '').join(', ')}`;
}

export function Strip(props: {
  readonly tabId: TabId;
  readonly label: string;
  readonly address: string;
  readonly lives: readonly LifeMark[];
  readonly isPair: boolean;
}): ReactNode {
  const { tabId, label, address, lives, isPair } = props;
  const current = Math.max(0, lives.findIndex((life) => life.current));
  const from = Math.max(0, Math.min(current - shownLives / 2, lives.length - shownLives));
  const part = lives.slice(from, from + shownLives);
  const failed = lives.filter((life) => life.failed).length;
  return (
    <div className="strip">
      <span className="strip-name">
        {label} <span className="mono">{visible(address)}</span>
      </span>
      <ol className="strip-lives" aria-label={`${label} ${visible(address)}`}>
        {from > 0 ? <li className="dim">{grouped(from)} before</li> : null}
        {part.map((life, at) => (
          <li key={`${life.key}~${life.life ?? `x${from + at}`}`}>
            <button
              type="button"
              className={`life${life.failed ? ' failed' : ''}${life.current ? ' current' : ''}`}
              aria-current={life.current ? 'true' : undefined}
              aria-label={lifeTitle(life, from + at, isPair)}
              title={lifeTitle(life, from + at, isPair)}
              tabIndex={life.current ? 0 : -1}
              onClick={() => store.dispatch({ type: 'life-shown', id: tabId, name: nameOf(life.key, life.life) })}
            >
              <span />
            </button>
          </li>
        ))}
        {from + part.length < lives.length ? <li className="dim">{grouped(lives.length - from - part.length)} more</li> : null}
      </ol>
      <span className="dim strip-count">
        {counted(lives.length, 'life', 'lives')}
        {failed === 0 ? '' : `, ${grouped(failed)} failed`}
      </span>
    </div>
  );
}

export function LifeSteps({ tabId }: { readonly tabId: TabId }): ReactNode {
  return (
    <span className="life-steps">
      <button type="button" className="button slim" aria-label="Previous life" onClick={() => void stepLife(tabId, -1)}>
        <kbd>[</kbd> previous
      </button>
      <button type="button" className="button slim" aria-label="Next life" onClick={() => void stepLife(tabId, 1)}>
        next <kbd>]</kbd>
      </button>
    </span>
  );
}
