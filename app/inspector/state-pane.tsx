import type { ReactNode } from 'react';
import type { EventRow, FdDetail, StateDetail } from '../../workers/protocol';
import { useLatest } from '../base/use-query';
import { ask } from '../capture/session';
import { grouped } from '../format/number';
import type { TabId } from '../state/model';
import type { Asked } from './fact-menu';
import { Captured, EventLink, Fact, Loaded } from './parts';

export function StatePane({ tabId, row }: { readonly tabId: TabId; readonly row: EventRow }): ReactNode {
  const { state, stale } = useLatest(`${tabId}/${row}`, (signal) => ask(tabId, 'state', { row }, signal));
  return (
    <Loaded state={state} stale={stale}>
      {(detail) => <State detail={detail} tabId={tabId} row={row} />}
    </Loaded>
  );
}

function identity(id: number, name: string): ReactNode {
  return (
    <>
      {name === '' || name === String(id) ? null : (
        <>
          <Captured text={name} />{' '}
        </>
      )}
      <span className="dim">({id})</span>
    </>
  );
}

function State(props: { readonly detail: StateDetail; readonly tabId: TabId; readonly row: EventRow }): ReactNode {
  const { detail, tabId, row } = props;
  const { container } = detail;
  const by = (...fields: readonly string[]): Asked => ({ tabId, row, fields });
  return (
    <>
      <h2 className="pane-title">
        <Captured text={detail.comm} /> <span className="dim">as of the selected event</span>
      </h2>
      <dl className="facts">
        <Fact name="Process" asked={by('proc.name', 'proc.pid', 'thread.tid')}>
          {detail.pid}
          {detail.tid === detail.pid ? null : ` ▸ thread ${detail.tid}`}
          {detail.vpid === detail.pid ? null : <span className="dim"> (in its namespace {detail.vpid})</span>}
        </Fact>
        <Fact name="Command" asked={by('proc.cmdline')}>
          <Captured text={[detail.exe, ...detail.args].join(' ')} />
        </Fact>
        {detail.exepath === '' ? null : (
          <Fact name="Program" asked={by('proc.exepath')}>
            <Captured text={detail.exepath} />
          </Fact>
        )}
        <Fact name="Directory" asked={by('proc.cwd')}>
          <Captured text={detail.cwd} />
          {detail.root === '' || detail.root === '/' ? null : (
            <span className="dim">
              {' '}
              root <Captured text={detail.root} />
            </span>
          )}
        </Fact>
        <Fact name="Parents" asked={by('proc.pname', 'proc.ppid')}>
          {detail.ancestors.length === 0 ? (
            <span className="dim">not known</span>
          ) : (
            <ol className="chain">
              {detail.ancestors.map(({ tid, comm }) => (
                <li key={tid}>
                  <Captured text={comm} /> <span className="dim">({tid})</span>
                </li>
              ))}
            </ol>
          )}
        </Fact>
        <Fact name="Session" asked={by('proc.sid')}>{detail.sid}</Fact>
      </dl>
      <h3 className="pane-head">Credentials</h3>
      <dl className="facts">
        <Fact name="User" asked={by('user.name', 'user.uid')}>{identity(detail.uid, detail.user)}</Fact>
        <Fact name="Group" asked={by('group.name', 'group.gid')}>{identity(detail.gid, detail.group)}</Fact>
        {detail.loginuid === undefined ? null : (
          <Fact name="Login">{identity(detail.loginuid, detail.loginuser ?? '')}</Fact>
        )}
        <Fact name="Since">
          {detail.identitySince === undefined ? (
            <span className="dim">before the capture</span>
          ) : (
            <EventLink
              tabId={tabId}
              row={detail.identitySince.row}
              num={detail.identitySince.num}
              section={detail.identitySince.section}
              label={detail.identitySince.type}
            />
          )}
        </Fact>
      </dl>
      <h3 className="pane-head">Container</h3>
      <dl className="facts">
        <Fact name="Container" asked={by('container.name', 'container.id')}>
          {container.id === '' || container.id === 'host' ? (
            'host'
          ) : (
            <>
              <Captured text={container.name} /> <span className="dim">{container.id}</span>
            </>
          )}
        </Fact>
        {container.image === '' ? null : (
          <Fact name="Image" asked={by('container.image')}>
            <Captured text={container.image} />
          </Fact>
        )}
        {container.how === '' ? null : (
          <Fact name="Known by">
            <Captured text={container.how} />
          </Fact>
        )}
        {container.contradiction === '' ? null : (
          <Fact name="But">
            <span className="warn">
              ⚠ <Captured text={container.contradiction} />
            </span>
          </Fact>
        )}
      </dl>
      {detail.cgroups.length === 0 ? null : (
        <details className="more">
          <summary>{grouped(detail.cgroups.length)} cgroups</summary>
          <ul className="plain">
            {detail.cgroups.map((cgroup) => (
              <li key={cgroup}>
                <Captured text={cgroup} />
              </li>
            ))}
          </ul>
        </details>
      )}
      <h3 className="pane-head">
        Open files <span className="dim">{grouped(detail.fds.length)}</span>
      </h3>
      <Files fds={detail.fds} tabId={tabId} />
    </>
  );
}

function Files({ fds, tabId }: { readonly fds: readonly FdDetail[]; readonly tabId: TabId }): ReactNode {
  if (fds.length === 0) return <p className="pane-note slim">None known.</p>;
  return (
    <table className="files">
      <thead>
        <tr>
          <th scope="col">FD</th>
          <th scope="col">Type</th>
          <th scope="col">Name</th>
          <th scope="col">Opened</th>
        </tr>
      </thead>
      <tbody>
        {fds.map((fd) => (
          <tr key={fd.fd}>
            <td className="end">{fd.fd}</td>
            <td>{fd.type}</td>
            <td>
              <Captured text={fd.name} />
            </td>
            <td>
              {fd.openedRow === undefined ? (
                <span className="dim">before</span>
              ) : (
                <EventLink tabId={tabId} row={fd.openedRow} num={fd.openedNum} section={fd.openedSection} />
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
