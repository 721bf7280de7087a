import { useEffect, useState, type ReactNode } from 'react';
import { droppedFiles, tellFolders } from '../capture/drop';
import { openSources } from '../capture/open';

function hasFiles(event: DragEvent): boolean {
  return event.dataTransfer?.types.includes('Files') === true;
}

/** The whole window takes files; while some are over it, it says so. */
export function DropTarget(): ReactNode {
  const [isOver, setOver] = useState(false);
  useEffect(() => {
    const onOver = (event: DragEvent): void => {
      if (!hasFiles(event) || event.dataTransfer === null) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = 'copy';
      setOver(true);
    };
    const onLeave = (event: DragEvent): void => {
      // Only leaving the window has nowhere to go.
      if (event.relatedTarget === null) setOver(false);
    };
    const onDrop = (event: DragEvent): void => {
      setOver(false);
      if (!hasFiles(event) || event.dataTransfer === null) return;
      event.preventDefault();
      void droppedFiles(event.dataTransfer).then(({ sources, folders }) => {
        // What is said of this drop stays when its own captures open.
        const opening = openSources(sources);
        tellFolders(folders);
        return opening;
      });
    };
    window.addEventListener('dragenter', onOver);
    window.addEventListener('dragover', onOver);
    window.addEventListener('dragleave', onLeave);
    window.addEventListener('drop', onDrop);
    return () => {
      window.removeEventListener('dragenter', onOver);
      window.removeEventListener('dragover', onOver);
      window.removeEventListener('dragleave', onLeave);
      window.removeEventListener('drop', onDrop);
    };
  }, []);
  return isOver ? (
    <div className="drop-veil" aria-hidden="true">
      <p>Drop to open</p>
    </div>
  ) : null;
}
