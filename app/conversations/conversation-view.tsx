/** One conversation: who is at each end, its lives, its calls. */
import { useEffect, type ReactNode } from 'react';
import { decoders, type ConversationDetail, type Decoder, type HolderLine } from '../../workers/protocol';
import { grouped } from '../format/number';
import { visible } from '../format/visible';
import { sentence } from '../messages/messages';
import type { OpenConversation, Tab } from '../state/model';
import { store, useApp } from '../state/store';
import { copyStream, saveStream } from './bytes';
import { Flow, forms } from './flow';
import { LifeSteps, Strip } from './lives';
import { grantCalls, nameOf, nameText } from './moves';
import { speakerOf, useDetail } from './use-detail';
import './conversations.css';

/** Something that can be done with the selected call: name, explanation, deed. */
export type CallAction = readonly [name: string, title: string, run: () => void];

export function ConversationView(props: {
  readonly tab: Tab;
  readonly open: OpenConversation;
  readonly actions: readonly CallAction[];
}): ReactNode {
  const { tab, open, actions } = props;
  const state = useDetail(tab, open);
  const { id } = tab;
  const detail = state.status === 'ready' ? state.value : undefined;
  const calls = detail?.calls;
  const title = detail === undefined ? undefined : titleOf(detail);
  useEffect(() => {
    if (calls !== undefined) store.dispatch({ type: 'conversation-changed', id, change: { calls, title: title ?? '' } });
  }, [id, calls, title, open.name]);
  const isThere = detail !== undefined;
  const isIndexed = tab.phase.kind !== 'opening';
  useEffect(() => {
    // While indexing goes on, what a link names may still come.
    if (open.wish !== undefined && (isThere || isIndexed)) void grantCalls(id);
  }, [id, open.wish, isThere, isIndexed]);
  return (
    <section className="conversation" aria-label="Conversation">
      {state.status === 'failed' ? (
        <p className="grid-note">{state.error.kind === 'cancelled' ? '' : sentence(state.error)}</p>
      ) : state.status === 'loading' ? (
        <p className="grid-note">Reading…</p>
      ) : detail === undefined ? (
        <p className="grid-note">
          {isIndexed ? 'This capture has no conversation ' : 'Not indexed yet: '}
          <span className="mono">{visible(nameText(open.name))}</span>
          {isIndexed ? '.' : '.'}
        </p>
      ) : (
        <>
          <Ends tab={tab} open={open} detail={detail} actions={actions} />
          <Lives tab={tab} detail={detail} />
          <Age detail={detail} />
          <Flow key={nameText(nameOf(detail.line.key, detail.line.life))} tab={tab} open={open} detail={detail} />
        </>
      )}
    </section>
  );
}

/** `apache2 ⇄ uwsgi · life 2 of 12`. */
function titleOf({ line, lives }: ConversationDetail): string {
  const count = lives.filter(({ life }) => life !== null).length;
  const life = line.life === null ? 'connect failed' : `life ${grouped(line.life)} of ${grouped(count)}`;
  return `${commOf(line.ends[0])} ⇄ ${commOf(line.ends[1])} · ${life}`;
}

const familyNames: Readonly<Record<string, string>> = {
  'unix-stream': 'unix stream',
  'unix-dgram': 'unix datagrams',
  socketpair: 'socket pair',
  pipe: 'pipe',
  fifo: 'named pipe',
  tcp: 'TCP',
  udp: 'UDP',
};

export const decoderNames: Readonly<Record<Decoder, string>> = {
  '': 'not decoded',
  fastcgi: 'FastCGI',
  http: 'HTTP',
  statsd: 'statsd',
};

function isDecoder(word: string): word is Decoder {
  return decoders.some((one) => one === word);
}

/** What an end is called here: pipes have no client. */
export function roleOf(family: string, side: 0 | 1): string {
  switch (family) {
    case 'pipe':
    case 'fifo':
      return side === 0 ? 'reads' : 'writes';
    case 'socketpair':
      return side === 0 ? 'one end' : 'other end';
    case 'unix-dgram':
    case 'udp':
      return side === 0 ? 'sender' : 'receiver';
    default:
      return side === 0 ? 'client' : 'server';
  }
}

function End(props: { readonly holders: readonly HolderLine[]; readonly side: 0 | 1; readonly role: string }): ReactNode {
  const { holders, side, role } = props;
  const speaker = speakerOf(holders);
  const others = holders.length - 1;
  return (
    <div className={`end side-${side}`}>
      {speaker === undefined ? (
        <span className="end-name dim">outside the capture</span>
      ) : (
        <>
          <span className="end-name">{visible(speaker.comm)}</span>{' '}
          <span className="end-facts">
            {speaker.pid} · fd {speaker.fds.join(', ')} · {role}
            {others > 0 ? ` · ${others} more held it` : ''}
          </span>
        </>
      )}
    </div>
  );
}

function commOf(holders: readonly HolderLine[]): string {
  return speakerOf(holders)?.comm ?? 'outside';
}

function Ends(props: {
  readonly tab: Tab;
  readonly open: OpenConversation;
  readonly detail: ConversationDetail;
  readonly actions: readonly CallAction[];
}): ReactNode {
  const { tab, open, detail, actions } = props;
  const { line, protocol } = detail;
  const form = useApp((state) => state.preferences.bytesAs);
  const guessed = isDecoder(protocol) ? protocol : '';
  return (
    <>
      <div className="ends">
        <End holders={line.ends[0]} side={0} role={roleOf(line.family, 0)} />
        <div className="ends-middle">
          <span>{familyNames[line.family] ?? line.family}</span>
          <select
            className="slim-select"
            aria-label="Read bytes as"
            value={open.protocol}
            onChange={(event) => {
              const next = event.currentTarget.value;
              if (isDecoder(next)) store.dispatch({ type: 'conversation-changed', id: tab.id, change: { protocol: next } });
            }}
          >
            {decoders.map((one) => (
              <option key={one} value={one}>
                {one === '' ? `${decoderNames[guessed]}${guessed === '' ? '' : ' (found)'}` : decoderNames[one]}
              </option>
            ))}
          </select>
        </div>
        <End holders={line.ends[1]} side={1} role={roleOf(line.family, 1)} />
      </div>
      <div className="flow-bar">
        <div className="units" role="group" aria-label="Show bytes as">
          {forms.map(([one, title], at) => (
            <button
              key={one}
              type="button"
              title={`${title} (${at + 1})`}
              aria-pressed={one === form}
              onClick={() => store.dispatch({ type: 'preferences', change: { bytesAs: one } })}
            >
              {title}
            </button>
          ))}
        </div>
        {([0, 1] as const).map((side) => (
          <span key={side} className={`stream side-${side}`}>
            {visible(commOf(line.ends[side]))} → {visible(commOf(line.ends[side === 0 ? 1 : 0]))}{' '}
            <button
              type="button"
              className="link"
              aria-label={`Copy what the ${side === 0 ? 'left' : 'right'} end wrote`}
              onClick={() => void copyStream(tab.id, open, side, form)}
            >
              copy
            </button>{' '}
            <button
              type="button"
              className="link"
              aria-label={`Save what the ${side === 0 ? 'left' : 'right'} end wrote`}
              onClick={() => void saveStream(tab.id, open, side)}
            >
              save
            </button>
          </span>
        ))}
        {open.selected === undefined ? null : (
          <span className="call-actions">
            selected:{' '}
            {actions.map(([name, title, run]) => (
              <button key={name} type="button" className="link" title={title} onClick={run}>
                {name}
              </button>
            ))}
          </span>
        )}
      </div>
    </>
  );
}

function Lives({ tab, detail }: { readonly tab: Tab; readonly detail: ConversationDetail }): ReactNode {
  const { line, lives, strips } = detail;
  const pair = line.key.slice(line.key.indexOf(':') + 1).replace(/^([0-9a-f]{6,})-([0-9a-f]{6,})$/, '$1 ⇄ $2');
  return (
    <div className="lives">
      <div className="lives-pair">
        <Strip tabId={tab.id} label="Lives of" address={pair} lives={lives} isPair />
        <LifeSteps tabId={tab.id} />
        <button
          type="button"
          className="button slim"
          onClick={() => store.dispatch({ type: 'overlay', overlay: 'compare' })}
        >
          Compare…
        </button>
      </div>
      {strips.map(({ address, lives: uses }) =>
        // An address that only this pair used says nothing new.
        uses.length === lives.length ? null : (
          <Strip key={address} tabId={tab.id} label="Uses of" address={address} lives={uses} isPair={false} />
        ),
      )}
    </div>
  );
}

/** What the capture does not know, because it began later or looked elsewhere. */
function Age({ detail }: { readonly detail: ConversationDetail }): ReactNode {
  const { line } = detail;
  const words: string[] = [];
  if (line.start === null) words.push('It is older than the capture: what was said before is not known.');
  if (line.ends[1].length === 0) words.push('Its other end is outside the capture, or older than it: only one side is known.');
  if (line.life === null) words.push('The connect failed: nothing was ever said.');
  if (line.inferred.length > 0) words.push(`Inferred: ${line.inferred.join('; ')}.`);
  return words.length === 0 ? null : (
    <p className="age" role="note">
      {visible(words.join(' '))}
    </p>
  );
}
