import { useEffect, useRef, useState, type ReactNode } from 'react';
import type { CallDetail, EventRow, ParamDetail } from '../../workers/protocol';
import { useLatest } from '../base/use-query';
import { ask } from '../capture/session';
import { hexDump } from '../format/hex-dump';
import type { TabId } from '../state/model';
import { bufferText, edgeNumbers } from './call-pane';
import { Captured, Loaded } from './parts';

/** Pixels that sixteen bytes in a line need. */
const wideFrom = 560;

function buffersOf(call: CallDetail): readonly ParamDetail[] {
  return [...(call.enter?.params ?? []), ...(call.exit?.params ?? [])].filter(({ captured }) => captured !== undefined);
}

export function BytesPane({ tabId, row }: { readonly tabId: TabId; readonly row: EventRow }): ReactNode {
  const { state, stale } = useLatest(`${tabId}/${row}`, (signal) => ask(tabId, 'call', { row }, signal));
  return (
    <Loaded state={state} stale={stale}>
      {(call) => <Buffers call={call} tabId={tabId} />}
    </Loaded>
  );
}

function Buffers({ call, tabId }: { readonly call: CallDetail; readonly tabId: TabId }): ReactNode {
  const buffers = buffersOf(call);
  return (
    <>
      <h2 className="pane-title">
        <Captured text={call.type} /> <span className="dim">{edgeNumbers(call)}</span>
      </h2>
      {buffers.length === 0 ? (
        <p className="pane-note">
          <Captured text={call.type} /> carries no buffer.
        </p>
      ) : (
        buffers.map((param) => <Buffer key={`${param.row}/${param.index}`} param={param} tabId={tabId} />)
      )}
    </>
  );
}

function Buffer({ param, tabId }: { readonly param: ParamDetail; readonly tabId: TabId }): ReactNode {
  const box = useRef<HTMLDivElement>(null);
  const [isWide, setWide] = useState(false);
  useEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(() => setWide(element.clientWidth >= wideFrom));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const { state, stale } = useLatest(`${tabId}/${param.row}/${param.index}`, (signal) =>
    ask(tabId, 'bytes', { row: param.row, param: param.index }, signal),
  );
  return (
    <div ref={box}>
      <h3 className="pane-head">
        {param.name} <span className="dim">{bufferText(param.captured ?? 0, param.actual)}</span>
      </h3>
      <Loaded state={state} stale={stale}>
        {(bytes) => <Dump bytes={bytes} width={isWide ? 16 : 8} name={param.name} />}
      </Loaded>
    </div>
  );
}

function Dump(props: { readonly bytes: Uint8Array; readonly width: number; readonly name: string }): ReactNode {
  if (props.bytes.length === 0) return <p className="pane-note slim">No bytes were captured.</p>;
  const lines = hexDump(props.bytes, props.width);
  return (
    <pre className="dump" aria-label={`Bytes of ${props.name}`}>
      {lines.map(({ offset, hex, text }) => `${offset}  ${hex}  ${text}`).join('\n')}
    </pre>
  );
}
