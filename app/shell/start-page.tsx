/** What one meets before a capture is open: drop, open, try; or the capture that a link asks for. */
import { useEffect, useState, type ReactNode } from 'react';
import { allowCopies, clearCopies, copiedBytes, copiesAllowed, dropCopy } from '../capture/copies';
import { openAgain, openOther, openSample, recentCaptures } from '../capture/open';
import { canReopen, forget, recall, recallAll, remember, type Remembered } from '../capture/remembered';
import { samples } from '../capture/samples';
import { begin } from '../base/idle';
import { counted, eventWords, size } from '../format/number';
import { span } from '../format/time';
import { visible } from '../format/visible';
import { sentence, shortFingerprint } from '../messages/messages';
import { askRemote, cancelRemote, loadRemote } from '../capture/remote';
import type { Remote, Wanted } from '../state/model';
import { store, useApp } from '../state/store';
import { parseFragment } from '../url/fragment';
import { wishOfLink } from './address';
import { OpenInput } from './open-input';
import './start-page.css';

export function StartPage(): ReactNode {
  const wanted = useApp((state) => state.wanted);
  const remote = useApp((state) => state.remote);
  const isLink = wanted !== undefined || remote !== undefined;
  return (
    <main className="start">
      <section className="start-card">
        <h1 className="wordmark large">
          scap<span>scope</span>
        </h1>
        {isLink ? null : <Invitation />}
        {remote === undefined ? null : <FromElsewhere remote={remote} isAlone={wanted === undefined} />}
        {wanted === undefined ? null : <Asking wanted={wanted} />}
      </section>
      {isLink ? null : <Samples />}
      {isLink ? null : <Recent />}
    </main>
  );
}

function Privacy(): ReactNode {
  return <p className="start-fine">It is read here, in your browser: nothing is uploaded.</p>;
}

function Invitation(): ReactNode {
  return (
    <>
      <p className="start-lead">Drop a sysdig capture anywhere on this page.</p>
      <p>Any age, compressed or not, even cut short.</p>
      <div className="start-buttons">
        <OpenInput className="primary">Open capture…</OpenInput>
      </div>
      <p className="start-fine">.scap · .scap.gz · files of a ring together</p>
      <Privacy />
    </>
  );
}

/** A link wants to load a capture from another host. */
function FromElsewhere({ remote, isAlone }: { readonly remote: Remote; readonly isAlone: boolean }): ReactNode {
  const { src, phase } = remote;
  const { host } = new URL(src);
  if (phase.kind === 'loading') {
    const { bytesRead, bytesTotal } = phase;
    return (
      <>
        <p className="start-lead">Loading from {host}…</p>
        <p>
          <progress aria-label="Loading" max={bytesTotal ?? 1} value={bytesTotal === undefined ? undefined : Math.min(bytesRead, bytesTotal)} />
        </p>
        <p>
          {size(bytesRead)}
          {bytesTotal === undefined ? '' : ` of ${size(bytesTotal)}`}
        </p>
        <div className="start-buttons">
          <button type="button" className="button" onClick={() => askRemote(src, remote.wish)}>
            Cancel
          </button>
        </div>
      </>
    );
  }
  return (
    <>
      <p className="start-lead">
        This link loads a capture from <strong>{host}</strong>.
      </p>
      <p className="start-address">{visible(src)}</p>
      {phase.kind === 'failed' ? (
        <p className="start-warning" role="alert">
          {phase.reason}
        </p>
      ) : (
        <p>Load it only if you trust who sent the link: that host learns your network address. What you do with the capture stays here.</p>
      )}
      <div className="start-buttons">
        <button type="button" className="button primary" onClick={() => void loadRemote(remote)}>
          {phase.kind === 'failed' ? 'Try again' : `Load from ${host}`}
        </button>
        {isAlone ? (
          <button type="button" className="button" onClick={leaveLink}>
            Leave the link
          </button>
        ) : null}
      </div>
    </>
  );
}

/** A link is open and its capture is not. */
function Asking({ wanted }: { readonly wanted: Wanted }): ReactNode {
  const { other, handle, reopening } = wanted;
  const name = wanted.name === '' ? 'a capture' : `“${visible(wanted.name)}”`;
  const selected = wanted.wish.selected;
  const place = selected !== undefined && 'num' in selected ? ` at event ${eventWords(selected)}` : '';
  if (reopening && other === undefined) {
    return <p className="start-lead">Opening {name} again…</p>;
  }
  return (
    <>
      <p className="start-lead">
        This link is about {name} <span className="dim">({shortFingerprint(wanted.fingerprint)})</span>.
      </p>
      {other === undefined ? (
        <p>{handle ? 'The browser asks once before it reads the file again.' : `Drop that file here to go on${place}.`}</p>
      ) : (
        <p className="start-warning" role="alert">
          {sentence({
            kind: 'wrong-capture',
            name: other.name,
            fingerprint: other.fingerprint,
            wantedName: wanted.name,
            wanted: wanted.fingerprint,
          })}
        </p>
      )}
      <div className="start-buttons">
        {handle ? (
          <button type="button" className="button primary" onClick={() => void reopenWanted(wanted)}>
            Reopen {name}
          </button>
        ) : null}
        <OpenInput className={handle ? '' : 'primary'}>Open capture…</OpenInput>
        {other === undefined ? null : (
          <button type="button" className="button" onClick={openOther}>
            Show “{visible(other.name)}” instead
          </button>
        )}
        <button type="button" className="button" onClick={leaveLink}>
          Leave the link
        </button>
      </div>
      <Privacy />
    </>
  );
}

async function reopenWanted(wanted: Wanted): Promise<void> {
  const capture = await recall(wanted.fingerprint);
  if (capture !== undefined) await openAgain(capture, true);
}

function leaveLink(): void {
  cancelRemote();
  store.dispatch({ type: 'wanted', wanted: undefined });
  history.pushState(null, '', `${location.pathname}${location.search}`);
}

function Samples(): ReactNode {
  return (
    <section aria-labelledby="samples-title">
      <h2 id="samples-title" className="start-title">
        Try a sample
      </h2>
      <div className="start-samples">
        {samples.map(({ src, title, look }) => (
          <button key={src} type="button" className="start-tile" onClick={() => void openSample(src)}>
            <span className="start-tile-title">{title}</span>
            <span>{look}</span>
          </button>
        ))}
      </div>
    </section>
  );
}

/** How long ago, roughly. */
function ago(ms: number): string {
  const minutes = Math.round((Date.now() - ms) / 60_000);
  if (minutes < 1) return 'just now';
  if (minutes < 60) return `${counted(minutes, 'minute')} ago`;
  if (minutes < 24 * 60) return `${counted(Math.round(minutes / 60), 'hour')} ago`;
  return `${counted(Math.round(minutes / (24 * 60)), 'day')} ago`;
}

function Recent(): ReactNode {
  const [recent, setRecent] = useState<readonly Remembered[]>([]);
  const [bytes, setBytes] = useState(0);
  const [isAllowed, setAllowed] = useState(copiesAllowed);
  const [turn, setTurn] = useState(0);
  const reload = (): void => setTurn((now) => now + 1);
  useEffect(() => {
    let isCurrent = true;
    const end = begin();
    void Promise.all([recentCaptures(), copiedBytes()])
      .then(([captures, copied]) => {
        if (!isCurrent) return;
        setRecent(captures.slice(0, 8));
        setBytes(copied);
      })
      .finally(end);
    return () => {
      isCurrent = false;
    };
  }, [turn]);
  if (recent.length === 0 && bytes === 0) return null;
  return (
    <section aria-labelledby="recent-title">
      <h2 id="recent-title" className="start-title">
        Recent
      </h2>
      <ul className="start-recent">
        {recent.map((capture) => (
          <li key={capture.fingerprint}>
            <button type="button" className="start-line" onClick={() => void openRecent(capture).then(reload)}>
              <span className="start-name">
                {visible(capture.names[0] ?? '')}
                {capture.names.length > 1 ? ` and ${counted(capture.names.length - 1, 'more file')}` : ''}
              </span>
              <span className="dim">
                {size(capture.bytes)} · {counted(capture.events, 'event')} · {span(capture.durationNs)} · {ago(capture.openedAt)}
              </span>
            </button>
            <button
              type="button"
              className="icon"
              aria-label={`Forget ${visible(capture.names[0] ?? '')}`}
              onClick={() => void forgetRecent(capture).then(reload)}
            >
              ×
            </button>
          </li>
        ))}
      </ul>
      <div className="start-copies">
        <label>
          <input
            type="checkbox"
            checked={isAllowed}
            onChange={(event) => {
              allowCopies(event.currentTarget.checked);
              setAllowed(event.currentTarget.checked);
            }}
          />{' '}
          Keep copies of small captures in this browser, so that a reload finds them
        </label>
        {bytes > 0 ? (
          <button type="button" className="link" onClick={() => void clearAll().then(reload)}>
            Clear {size(bytes)}
          </button>
        ) : null}
      </div>
    </section>
  );
}

async function openRecent(capture: Remembered): Promise<void> {
  const { link } = parseFragment(capture.fragment);
  await openAgain(capture, true, link.capture === capture.fingerprint ? { wish: wishOfLink(link) } : {});
}

async function forgetRecent(capture: Remembered): Promise<void> {
  await dropCopy(capture.fingerprint);
  await forget(capture.fingerprint);
}

async function clearAll(): Promise<void> {
  await clearCopies();
  for (const capture of await recallAll()) {
    const { copied: _, ...rest } = capture;
    if (canReopen(rest)) await remember(rest);
    else await forget(rest.fingerprint);
  }
}
