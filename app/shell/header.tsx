import { useRef, type KeyboardEvent, type ReactNode } from 'react';
import { closeTab } from '../capture/open';
import { counted } from '../format/number';
import { dateTime, span } from '../format/time';
import { visible } from '../format/visible';
import type { Tab, TabId } from '../state/model';
import { store, useApp } from '../state/store';
import { showOverlay } from './commands';
import { keyText } from './keys';
import { OpenInput } from './open-input';

const show = (id: TabId | undefined): void => store.dispatch({ type: 'tab-shown', id });

export function Header(): ReactNode {
  const tabs = useApp((state) => state.tabs);
  const active = useApp((state) => state.active);
  const wanted = useApp((state) => state.wanted);
  const current = tabs.find((tab) => tab.id === active);
  const shown = tabs.filter((tab) => wanted === undefined || tab.id === active || tab.id !== wanted.other?.tab);
  return (
    <header className="top">
      <button type="button" className="wordmark" onClick={() => show(undefined)} aria-label="Scapscope, start page">
        scap<span>scope</span>
      </button>
      {shown.length === 0 ? null : <CaptureTabs tabs={shown} active={active} />}
      {current === undefined ? null : <Facts tab={current} />}
      {current === undefined ? null : <FindingsBadge tab={current} />}
      <div className="top-buttons">
        {current === undefined ? null : <OpenInput className="">Open…</OpenInput>}
        <button type="button" className="button" onClick={() => showOverlay('palette')} aria-label="Commands">
          {keyText('Mod+k')}
        </button>
        <button type="button" className="button" onClick={() => showOverlay('keys')} aria-label="Keys">
          ?
        </button>
      </div>
    </header>
  );
}

function Facts({ tab }: { readonly tab: Tab }): ReactNode {
  const { summary } = tab;
  if (summary === undefined) return null;
  const words = [
    visible(summary.host),
    dateTime(summary.firstNs, 'local'),
    span(summary.durationNs),
    counted(summary.events, 'event'),
  ].filter((word) => word !== '');
  return <p className="top-facts">{words.join(' · ')}</p>;
}

/** How much there is that is worth a look, and the way there. */
function FindingsBadge({ tab }: { readonly tab: Tab }): ReactNode {
  const { findings } = tab;
  if (findings === undefined) return null;
  const worst = findings[0]?.severity;
  return (
    <button
      type="button"
      className={`badge ${worst === 'error' ? 'bad' : worst === 'warning' ? 'warn' : ''}`}
      onClick={() => store.dispatch({ type: 'view-shown', id: tab.id, view: 'findings' })}
    >
      {worst === 'error' ? <span aria-hidden="true">✗ </span> : null}
      {findings.length === 0 ? 'No findings' : counted(findings.length, 'finding')}
    </button>
  );
}

function titleOf(tab: Tab): string {
  const [first = ''] = tab.names;
  return tab.names.length > 1 ? `${visible(first)} +${tab.names.length - 1}` : visible(first);
}

function CaptureTabs({ tabs, active }: { readonly tabs: readonly Tab[]; readonly active: TabId | undefined }): ReactNode {
  const list = useRef<HTMLDivElement>(null);
  const onKeyDown = (event: KeyboardEvent): void => {
    const at = tabs.findIndex((tab) => tab.id === active);
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (event.key === 'Delete' && tabs[at] !== undefined) {
      event.preventDefault();
      closeTab(tabs[at].id);
    } else if (step !== undefined) {
      event.preventDefault();
      const next = tabs[(at + step + tabs.length) % tabs.length];
      if (next === undefined) return;
      show(next.id);
      list.current?.querySelector<HTMLElement>(`[data-tab='${next.id}']`)?.focus();
    }
  };
  return (
    // A list of tabs holds tabs only: the buttons that close them stand beside it and are put in place by their order.
    <div className="capture-tabs">
      <div role="tablist" aria-label="Captures" ref={list} onKeyDown={onKeyDown} tabIndex={-1}>
        {tabs.map((tab, at) => (
          <button
            key={tab.id}
            type="button"
            role="tab"
            className="capture-tab"
            data-tab={tab.id}
            aria-selected={tab.id === active}
            tabIndex={tab.id === active || (active === undefined && at === 0) ? 0 : -1}
            title={tab.names.map(visible).join('\n')}
            style={{ order: 2 * at }}
            onClick={() => show(tab.id)}
          >
            {titleOf(tab)}
          </button>
        ))}
      </div>
      {tabs.map((tab, at) => (
        <button
          key={tab.id}
          type="button"
          className={`icon capture-close${tab.id === active ? ' on' : ''}`}
          aria-label={`Close ${titleOf(tab)}`}
          style={{ order: 2 * at + 1 }}
          onClick={() => closeTab(tab.id)}
        >
          ×
        </button>
      ))}
    </div>
  );
}
