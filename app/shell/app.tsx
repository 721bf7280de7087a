import { useEffect, type ReactNode } from 'react';
import { later } from '../components/later';
import { visible } from '../format/visible';
import { activeTab } from '../state/select';
import { useApp } from '../state/store';
import { CaptureView } from './capture-view';
import { showOverlay } from './commands';
import { DropTarget } from './drop-target';
import { GoToDialog } from './go-to-dialog';
import { Header } from './header';
import { KeySheet } from './key-sheet';
import { Notices } from './notices';
import { Palette } from './palette';
import { StartPage } from './start-page';
import './tokens.css';
import './app.css';

const compareDialog = later(() =>
  import('../conversations/compare-dialog').then(({ CompareDialog }) => CompareDialog),
);

const explainDialog = later(() => import('../filter/explain-dialog').then(({ ExplainDialog }) => ExplainDialog));
const exportDialog = later(() => import('./export-dialog').then(({ ExportDialog }) => ExportDialog));

export function App(): ReactNode {
  const tab = useApp(activeTab);
  const overlay = useApp((state) => state.ui.overlay);
  const name = tab?.names[0];
  useEffect(() => {
    document.title = name === undefined ? 'Scapscope' : `${visible(name)} · Scapscope`;
  }, [name]);
  return (
    <>
      <Header />
      {tab === undefined ? <StartPage /> : <CaptureView key={tab.id} tab={tab} />}
      {overlay === 'palette' ? <Palette /> : null}
      {overlay === 'keys' ? <KeySheet /> : null}
      {overlay === 'compare' && tab?.open !== undefined ? (
        <compareDialog.Component tab={tab} open={tab.open} onClose={() => showOverlay('none')} />
      ) : null}
      {overlay === 'explain' && tab !== undefined ? <explainDialog.Component tab={tab} onClose={() => showOverlay('none')} /> : null}
      {overlay === 'export' && tab !== undefined ? <exportDialog.Component tab={tab} onClose={() => showOverlay('none')} /> : null}
      {overlay === 'goto' && tab !== undefined ? <GoToDialog tab={tab} /> : null}
      <Notices />
      <DropTarget />
    </>
  );
}
