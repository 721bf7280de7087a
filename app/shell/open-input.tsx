import type { ReactNode } from 'react';
import { pickWithHandles } from '../capture/drop';
import { openSources } from '../capture/open';

/** The page's file input; one of it is on the page at a time. */
export function OpenInput({ className, children }: { readonly className: string; readonly children: ReactNode }): ReactNode {
  return (
    <label className={`button file ${className}`}>
      {children}
      <input
        id="open-capture"
        type="file"
        multiple
        aria-label="Open capture"
        className="visually-hidden"
        onClick={(event) => {
          if (window.showOpenFilePicker === undefined) return;
          const input = event.currentTarget;
          event.preventDefault();
          // The browser's newer dialog gives handles, by which a reload finds the files again.
          void pickWithHandles().then((sources) => {
            if (sources === undefined) input.showPicker();
            else void openSources(sources);
          });
        }}
        onChange={(event) => {
          const files = [...(event.currentTarget.files ?? [])];
          event.currentTarget.value = '';
          void openSources(files.map((file) => ({ file })));
        }}
      />
    </label>
  );
}
