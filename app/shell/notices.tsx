import { useEffect, type ReactNode } from 'react';
import type { Notice } from '../state/model';
import { store, useApp } from '../state/store';

/** Long enough to read a sentence twice. */
const quietMs = 8000;

/** What the page has to say beside what it shows. */
export function Notices(): ReactNode {
  const notices = useApp((state) => state.ui.notices);
  return (
    <div className="notices">
      <div role="alert">
        {notices.map((notice) => (notice.tone !== 'quiet' ? <NoticeLine key={notice.id} notice={notice} /> : null))}
      </div>
      <div aria-live="polite">
        {notices.map((notice) => (notice.tone === 'quiet' ? <NoticeLine key={notice.id} notice={notice} /> : null))}
      </div>
    </div>
  );
}

function NoticeLine({ notice }: { readonly notice: Notice }): ReactNode {
  const { id, text, tone } = notice;
  const dismiss = (): void => store.dispatch({ type: 'notice-dismissed', id });
  useEffect(() => {
    if (tone !== 'quiet') return undefined;
    const timer = setTimeout(() => store.dispatch({ type: 'notice-dismissed', id }), quietMs);
    return () => clearTimeout(timer);
  }, [id, tone]);
  return (
    <div className={`notice ${tone === 'quiet' ? tone : 'alert'}`}>
      <p>{text}</p>
      <button type="button" className="icon" aria-label="Dismiss" onClick={dismiss}>
        ×
      </button>
    </div>
  );
}
