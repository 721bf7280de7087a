/** What is worth a look in the whole capture, one sentence each, the gravest first. */
import { useCallback, useMemo, type ReactNode } from 'react';
import type { Finding } from '../../workers/protocol';
import { VirtualGrid, rowId } from '../components/grid/virtual-grid';
import { counted, grouped } from '../format/number';
import { span } from '../format/time';
import { visible } from '../format/visible';
import type { Reveal, Tab } from '../state/model';
import { store } from '../state/store';
import { openFinding, selectFinding } from './moves';
import './findings.css';

const label = 'Findings';
const none: readonly Finding[] = [];

const severities: Readonly<Record<Finding['severity'], readonly [string, string]>> = {
  error: ['✗', 'error'],
  warning: ['⚠', 'warning'],
  note: ['i', 'note'],
};

const template = '86px minmax(320px, 1fr) 84px minmax(110px, 18vw) 66px';
const lines = 42;

export function FindingList({ tab }: { readonly tab: Tab }): ReactNode {
  const { id, finding: selected } = tab;
  const findings = tab.findings ?? none;
  const onViewport = useCallback(
    (viewportRows: number) => store.dispatch({ type: 'ui', change: { viewportRows } }),
    [],
  );
  const reveal = useMemo<Reveal | undefined>(
    () => (selected === undefined ? undefined : ({ position: selected, how: 'nearest' } as Reveal)),
    [selected],
  );
  return (
    <VirtualGrid
      label={label}
      rowCount={findings.length}
      rowHeight={lines}
      template={template}
      minWidth={720}
      header={
        <div className="grid-row head" role="row" aria-rowindex={1}>
          {['Severity', 'What happened', 'Δ', 'Conversation', ''].map((title) => (
            <div key={title} role="columnheader" className={`grid-headcell${title === 'Δ' ? ' end' : ''}`}>
              {title === '' ? <span className="visually-hidden">Place</span> : title}
            </div>
          ))}
        </div>
      }
      selected={selected}
      multiselectable={false}
      top={zero}
      jump={label}
      reveal={reveal}
      onRevealed={ignore}
      onScroll={ignore}
      onRange={ignore}
      onViewport={onViewport}
      onPick={(position) => selectFinding(id, position)}
      onOpen={(position) => openFinding(id, position)}
      busy={tab.findings === undefined}
      renderRow={(position) => {
        const finding = findings[position];
        return finding === undefined ? null : (
          <FindingRow tab={tab} finding={finding} position={position} isSelected={position === selected} />
        );
      }}
    >
      {findings.length > 0 ? null : (
        <p className="grid-note">
          {tab.findings === undefined
            ? 'Findings are looked for once the capture is indexed.'
            : `Nothing found: no write or read failed, no connect was refused, no bytes were left unread in ${counted(tab.summary?.events ?? 0, 'event')}.`}
        </p>
      )}
    </VirtualGrid>
  );
}

const zero = (): number => 0;
const ignore = (): void => undefined;

function FindingRow(props: {
  readonly tab: Tab;
  readonly finding: Finding;
  readonly position: number;
  readonly isSelected: boolean;
}): ReactNode {
  const { tab, finding, position, isSelected } = props;
  const { severity, sentence, delta_ns: delta, key, life } = finding;
  const [sign, word] = severities[severity];
  return (
    <div
      id={rowId(label, position)}
      role="row"
      className={`grid-row finding ${severity}${isSelected ? ' current' : ''}`}
      aria-rowindex={position + 2}
      aria-selected={isSelected}
      data-position={position}
      data-kind={finding.kind}
    >
      <div role="gridcell" className="grid-cell" data-column="severity">
        <span className={`severity ${severity}`}>
          <span aria-hidden="true">{sign} </span>
          {word}
        </span>
      </div>
      <div role="gridcell" className="grid-cell finding-sentence" data-column="sentence" title={visible(sentence)}>
        <span>{visible(sentence)}.</span>
      </div>
      <div role="gridcell" className="grid-cell end mono" data-column="delta">
        {delta === null ? '' : span(delta)}
      </div>
      <div role="gridcell" className="grid-cell finding-key mono dim" data-column="key" title={visible(key)}>
        {visible(key)}
        {life === null ? '' : ` life ${grouped(life)}`}
      </div>
      <div role="gridcell" className="grid-cell" data-column="show">
        <button
          type="button"
          className="button slim"
          tabIndex={-1}
          onClick={(event) => {
            event.stopPropagation();
            openFinding(tab.id, position);
          }}
        >
          show
        </button>
      </div>
    </div>
  );
}
