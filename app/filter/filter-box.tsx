/**
 * The box above the lists. Over the events it holds the filter, or text that is searched for in their rows; over the
 * conversations it narrows them.
 */
import { useEffect, useLayoutEffect, useRef, useState, type KeyboardEvent, type ReactNode, type RefObject } from 'react';
import { flushSync } from 'react-dom';
import type { FilterMistake } from '../../workers/protocol';
import { findText, stopFinding } from '../events/moves';
import { grouped, share, short } from '../format/number';
import { visible } from '../format/visible';
import { mistakeSentence, sentence } from '../messages/messages';
import type { Tab } from '../state/model';
import { placeOf } from '../state/select';
import { store, useApp } from '../state/store';
import { useDraft, type Draft } from './draft';
import { filterHistory } from './history';
import { applyFilter, isKnownFilter } from './moves';
import { isDone } from './run';
import './filter.css';

const setFind = (find: string): void => store.dispatch({ type: 'preferences', change: { find } });
const setBox = (box: 'filter' | 'find'): void => store.dispatch({ type: 'ui', change: { box } });

function leave(input: RefObject<HTMLInputElement | null>): void {
  input.current?.blur();
  document.querySelector<HTMLElement>('[role=grid]')?.focus();
}

/** Takes the cursor to the box. */
export function focusBox(box: 'filter' | 'find'): void {
  // At once: the next key is already meant for it.
  flushSync(() => setBox(box));
  const input = document.querySelector<HTMLInputElement>('#filter');
  input?.focus();
  input?.select();
}

/** `narrows`: it is about the conversations below it. */
export function FilterBox({ tab, narrows }: { readonly tab: Tab; readonly narrows: boolean }): ReactNode {
  const box = useApp((state) => state.ui.box);
  if (narrows) return <div className="filter"><TextInput tab={tab} narrows /></div>;
  return (
    <div className="filter">
      <div className="filter-modes" role="group" aria-label="What the box does">
        <button type="button" aria-pressed={box === 'filter'} title="Show only what passes (/)" onClick={() => focusBox('filter')}>
          Filter
        </button>
        <button type="button" aria-pressed={box === 'find'} title="Find text in rows, without filtering (Ctrl F)" onClick={() => focusBox('find')}>
          Find
        </button>
      </div>
      {box === 'filter' ? <FilterInput tab={tab} /> : <TextInput tab={tab} narrows={false} />}
    </div>
  );
}

/** Finds text in the rows that are shown, or narrows the list of conversations by it. */
function TextInput({ tab, narrows }: { readonly tab: Tab; readonly narrows: boolean }): ReactNode {
  const find = useApp((state) => state.preferences.find);
  const finding = useApp((state) => state.ui.finding);
  const input = useRef<HTMLInputElement>(null);
  const search = (step: 1 | -1): void => {
    if (tab.view !== 'events') store.dispatch({ type: 'view-shown', id: tab.id, view: 'events' });
    void findText(tab.id, find, step);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === 'Enter') {
      event.preventDefault();
      if (narrows) leave(input);
      else search(event.shiftKey ? -1 : 1);
    } else if (event.key === 'Escape') {
      event.preventDefault();
      stopFinding();
      if (find === '') leave(input);
      else setFind('');
    } else if (event.key === 'ArrowDown') {
      event.preventDefault();
      leave(input);
    }
  };
  return (
    <>
      <div className="filter-text">
        <input
          ref={input}
          id="filter"
          type="text"
          aria-label={narrows ? 'Filter' : 'Find text'}
          placeholder={
            narrows
              ? 'Narrow by text: processes, path, port, key, error, protocol'
              : 'Find text in rows: Enter for the next match, Shift+Enter for the one before'
          }
          autoComplete="off"
          autoCorrect="off"
          spellCheck={false}
          value={find}
          onChange={(event) => {
            stopFinding();
            setFind(event.currentTarget.value);
          }}
          onKeyDown={onKeyDown}
        />
      </div>
      <span className="filter-state" aria-live="polite">
        {finding === 'running' ? 'searching…' : finding === 'none' ? 'no further match' : ''}
      </span>
    </>
  );
}

/** Where one is in the filters that were applied before; -1: in what one was typing. */
interface Walk {
  readonly at: number;
  readonly typed: string;
}

function FilterInput({ tab }: { readonly tab: Tab }): ReactNode {
  const { id, tick } = tab;
  const applied = placeOf(tab).filter;
  const text = tab.draft ?? applied;
  const draft = useDraft(id, text, tick);
  const input = useRef<HTMLInputElement>(null);
  const frame = useRef<HTMLDivElement>(null);
  const [isFocused, setFocused] = useState(false);
  const [isAsked, setAsked] = useState(false);
  const [walk, setWalk] = useState<Walk>({ at: -1, typed: '' });
  /** Where the cursor goes once the text is there. */
  const cursor = useRef<number | undefined>(undefined);

  useLayoutEffect(() => {
    if (cursor.current !== undefined) input.current?.setSelectionRange(cursor.current, cursor.current);
    cursor.current = undefined;
  }, [text]);

  const write = (next: string, at?: number): void => {
    setAsked(false);
    cursor.current = at;
    store.dispatch({ type: 'draft', id, draft: next === applied ? undefined : next });
  };
  const type = (next: string, at?: number): void => {
    setWalk({ at: -1, typed: '' });
    write(next, at);
  };
  const apply = async (): Promise<void> => {
    setAsked(true);
    setWalk({ at: -1, typed: '' });
    // The next key is meant for the list.
    if (isKnownFilter(text)) leave(input);
    if (await applyFilter(id, text)) leave(input);
  };
  const clear = (): void => {
    type('');
    void applyFilter(id, '');
    input.current?.focus();
  };
  const mistake = draft?.text === text && !draft.check.isAccepted ? draft.check.mistake : undefined;
  const fix = (): void => {
    if (mistake?.suggestion === null || mistake === undefined) return;
    const { at, length, suggestion } = mistake;
    type(`${text.slice(0, at)}${suggestion}${text.slice(at + length)}`, at + suggestion.length);
    input.current?.focus();
  };
  const back = (step: 1 | -1): boolean => {
    const kept = filterHistory();
    const at = walk.at + step;
    if (at < -1 || at >= kept.length) return false;
    const typed = walk.at < 0 ? text : walk.typed;
    const next = at < 0 ? typed : (kept[at] ?? typed);
    setWalk({ at, typed });
    write(next, next.length);
    return true;
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.nativeEvent.isComposing) return;
    const take = (run: () => void): void => {
      event.preventDefault();
      run();
    };
    if (event.key === 'Enter') take(() => void apply());
    else if (event.key === 'Escape') take(() => (tab.draft === undefined ? leave(input) : type(applied)));
    else if (event.key === 'ArrowUp') take(() => back(1));
    else if (event.key === 'ArrowDown') take(() => { if (!back(-1)) leave(input); });
    else if (event.key === 'Tab' && !event.shiftKey && mistake !== undefined && mistake.suggestion !== null) take(fix);
  };
  const findInstead = (): void => {
    setFind(text);
    store.dispatch({ type: 'draft', id, draft: undefined });
    focusBox('find');
    void findText(id, text, 1);
  };
  const notice = draft?.text === text && draft.check.isAccepted ? draft.check.notices[0] : undefined;
  return (
    <>
      <div
        ref={frame}
        className="filter-text"
        role="presentation"
        onFocus={() => setFocused(true)}
        onBlur={(event) => setFocused(frame.current?.contains(event.relatedTarget) === true)}
      >
        <Underlined text={text} mistake={mistake} input={input} isAsked={isAsked} />
        <input
          ref={input}
          id="filter"
          type="text"
          aria-label="Filter"
          aria-invalid={mistake !== undefined}
          aria-describedby={isFocused && mistake !== undefined ? 'filter-mistake' : undefined}
          placeholder="Filter as in sysdig: proc.name = nginx and fd.name contains /etc"
          autoComplete="off"
          autoCapitalize="off"
          autoCorrect="off"
          spellCheck={false}
          value={text}
          onChange={(event) => type(event.currentTarget.value)}
          onKeyDown={onKeyDown}
        />
        {isFocused && (mistake !== undefined || notice !== undefined) ? (
          // A text that is still typed is no filter for most of the time: what is wrong is told after a moment.
          <div key={text} id="filter-mistake" className={`filter-panel${isAsked || mistake === undefined ? '' : ' late'}`} role="status">
            {mistake === undefined ? (
              <p className="dim">{visible(notice?.message ?? '')}.</p>
            ) : (
              <Mistake mistake={mistake} text={text} onFix={fix} onFind={findInstead} />
            )}
          </div>
        ) : null}
      </div>
      <span className="filter-state" aria-live="polite">
        <State tab={tab} text={text} draft={draft} isFocused={isFocused} />
      </span>
      {text === '' || mistake !== undefined ? null : (
        <button
          type="button"
          className="link filter-why"
          title="Why an event passes or does not, and how the filter is run (y)"
          onClick={() => store.dispatch({ type: 'overlay', overlay: 'explain' })}
        >
          Why?
        </button>
      )}
      {text === '' ? null : (
        <button type="button" className="icon" aria-label="Clear filter" onClick={clear}>
          ×
        </button>
      )}
    </>
  );
}

/** The text once more, behind that of the input, with the place of a mistake underlined. */
function Underlined(props: {
  readonly text: string;
  readonly mistake: FilterMistake | undefined;
  readonly input: RefObject<HTMLInputElement | null>;
  readonly isAsked: boolean;
}): ReactNode {
  const { text, mistake, input, isAsked } = props;
  const mirror = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const from = input.current;
    if (from === null || mistake === undefined) return undefined;
    const follow = (): void => {
      if (mirror.current !== null) mirror.current.scrollLeft = from.scrollLeft;
    };
    follow();
    from.addEventListener('scroll', follow);
    return () => from.removeEventListener('scroll', follow);
  }, [input, mistake]);
  if (mistake === undefined) return null;
  const { at, length } = mistake;
  return (
    <div key={text} ref={mirror} className={`filter-mirror${isAsked ? '' : ' late'}`} aria-hidden="true">
      {text.slice(0, at)}
      <span className="filter-wrong">{length === 0 ? ' ' : text.slice(at, at + length)}</span>
      {text.slice(at + length)}
    </div>
  );
}

function Mistake(props: {
  readonly mistake: FilterMistake;
  readonly text: string;
  readonly onFix: () => void;
  readonly onFind: () => void;
}): ReactNode {
  const { mistake, text, onFix, onFind } = props;
  return (
    <>
      <p>
        <span className="bad" aria-hidden="true">
          ✗{' '}
        </span>
        {mistakeSentence(mistake)}
      </p>
      <div className="filter-ways">
        {mistake.suggestion === null ? null : (
          <button type="button" className="button" onClick={onFix}>
            Write <code>{visible(mistake.suggestion)}</code> <kbd>Tab</kbd>
          </button>
        )}
        <button type="button" className="link" onClick={onFind}>
          Find “{visible(text.length > 40 ? `${text.slice(0, 40)}…` : text)}” as text instead
        </button>
      </div>
    </>
  );
}

/** How much passes the text, and how far that is known. */
function State(props: {
  readonly tab: Tab;
  readonly text: string;
  readonly draft: Draft | undefined;
  readonly isFocused: boolean;
}): ReactNode {
  const { tab, text, draft, isFocused } = props;
  if (text.trim() === '') return tab.draft === undefined ? null : 'Enter shows everything';
  if (draft === undefined) return null;
  if (draft.text === text && !draft.check.isAccepted) return isFocused ? null : <span className="bad">✗ not a filter</span>;
  if (draft.error !== undefined) return <span className="bad">{sentence(draft.error)}</span>;
  const { count } = draft;
  if (count === undefined) return null;
  const isWhole = isDone(count) && draft.text === text;
  const total = tab.summary?.events ?? count.total;
  return (
    <span className={draft.text === text ? undefined : 'dim'}>
      {isWhole ? <span aria-hidden="true">✓ </span> : null}
      {grouped(count.events)} of {short(total)}
      {isWhole ? '' : ` · ${share(count.looked, count.total)}`}
      {isWhole && tab.draft !== undefined ? <span className="dim"> · Enter applies</span> : null}
    </span>
  );
}
