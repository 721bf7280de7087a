/**
 * The box above the lists. Over the events it holds the filter, or text that is searched for in their rows; over the
 * conversations it narrows them.
 */
import { useEffect, useLayoutEffect, useRef, useState, type KeyboardEvent, type ReactNode, type RefObject } from 'react';
import { flushSync } from 'react-dom';
import type { FilterMistake } from '../../workers/protocol';
import { begin } from '../base/idle';
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
  const typed = useApp((state) => state.drafts.get(id));
  const text = typed ?? applied;
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
  // What was known of the text before stays until this one has been read: to draw a change and take it back costs twice.
  const isMistaken = draft !== undefined && !draft.check.isAccepted;
  const isSettled = useSettled(text, mistake !== undefined);
  const told = isSettled || isAsked ? mistake : undefined;
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
    else if (event.key === 'Escape') take(() => (typed === undefined ? leave(input) : type(applied)));
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
        {told === undefined ? null : <Underlined text={text} mistake={told} input={input} />}
        <input
          ref={input}
          id="filter"
          type="text"
          aria-label="Filter"
          aria-invalid={isMistaken}
          aria-describedby={isFocused && told !== undefined ? 'filter-mistake' : undefined}
          placeholder="Filter as in sysdig: proc.name = nginx and fd.name contains /etc"
          autoComplete="off"
          autoCapitalize="off"
          autoCorrect="off"
          spellCheck={false}
          value={text}
          onChange={(event) => type(event.currentTarget.value)}
          onKeyDown={onKeyDown}
        />
        {isFocused && (told !== undefined || notice !== undefined) ? (
          <div key={text} id="filter-mistake" className="filter-panel" role="status">
            {told === undefined ? (
              <p className="dim">{visible(notice?.message ?? '')}.</p>
            ) : (
              <Mistake mistake={told} text={text} onFix={fix} onFind={findInstead} />
            )}
          </div>
        ) : null}
      </div>
      <span className="filter-state" aria-live="polite">
        <State total={tab.summary?.events} text={text} isTyped={typed !== undefined} draft={draft} isFocused={isFocused} />
      </span>
      {text === '' || isMistaken ? null : (
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

/** How long a text stands before one is told what is wrong with it: while it is typed it is no filter for most of the time. */
const settledMs = 350;

/** Whether a text that has a mistake has stood for a moment. */
function useSettled(text: string, isMistaken: boolean): boolean {
  const [settled, setSettled] = useState<string | undefined>(undefined);
  useEffect(() => {
    if (!isMistaken) return undefined;
    const end = begin();
    const timer = setTimeout(() => {
      setSettled(text);
      end();
    }, settledMs);
    return () => {
      clearTimeout(timer);
      setSettled(undefined);
      end();
    };
  }, [text, isMistaken]);
  return isMistaken && settled === text;
}

/** The text once more, behind that of the input, with the place of a mistake underlined. */
function Underlined(props: {
  readonly text: string;
  readonly mistake: FilterMistake;
  readonly input: RefObject<HTMLInputElement | null>;
}): ReactNode {
  const { text, mistake, input } = props;
  const mirror = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const from = input.current;
    if (from === null) return undefined;
    const follow = (): void => {
      if (mirror.current !== null) mirror.current.scrollLeft = from.scrollLeft;
    };
    follow();
    from.addEventListener('scroll', follow);
    return () => from.removeEventListener('scroll', follow);
  }, [input, text]);
  const { at, length } = mistake;
  return (
    <div ref={mirror} className="filter-mirror" aria-hidden="true">
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
  /** Events of the capture, where that is known. */
  readonly total: number | undefined;
  readonly text: string;
  /** It is not what is applied. */
  readonly isTyped: boolean;
  readonly draft: Draft | undefined;
  readonly isFocused: boolean;
}): ReactNode {
  const { total, text, isTyped, draft, isFocused } = props;
  if (text.trim() === '') return isTyped ? 'Enter shows everything' : null;
  if (draft === undefined) return null;
  if (draft.text === text && !draft.check.isAccepted) return isFocused ? null : <span className="bad">✗ not a filter</span>;
  if (draft.error !== undefined) return <span className="bad">{sentence(draft.error)}</span>;
  const { count } = draft;
  if (count === undefined) return null;
  const isWhole = isDone(count) && draft.text === text;
  return (
    <span className={draft.text === text ? undefined : 'dim'}>
      {isWhole ? <span aria-hidden="true">✓ </span> : null}
      {grouped(count.events)} of {short(total ?? count.total)}
      {isWhole ? '' : ` · ${share(count.looked, count.total)}`}
      {isWhole && isTyped ? <span className="dim"> · Enter applies</span> : null}
    </span>
  );
}
