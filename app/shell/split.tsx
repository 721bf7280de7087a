import { useRef, useState, type KeyboardEvent, type PointerEvent, type ReactNode } from 'react';

const key = 'scapscope.side';
const usual = 25;
const smallest = 15;
const largest = 70;

function stored(): number {
  try {
    const value = Number(localStorage.getItem(key));
    return value >= smallest && value <= largest ? value : usual;
  } catch {
    return usual;
  }
}

function keep(share: number): void {
  try {
    localStorage.setItem(key, String(share));
  } catch {
    // Holds for this visit only.
  }
}

/** Two parts and a bar between them: beside each other where there is room, else one below the other. */
export function Split({ main, side }: { readonly main: ReactNode; readonly side: ReactNode | undefined }): ReactNode {
  const box = useRef<HTMLDivElement>(null);
  const [share, setShare] = useState(stored);
  const set = (value: number): void => {
    const next = Math.round(Math.min(Math.max(smallest, value), largest));
    setShare(next);
    keep(next);
  };
  const onPointerMove = (event: PointerEvent): void => {
    const element = box.current;
    if (element === null || !event.currentTarget.hasPointerCapture(event.pointerId)) return;
    const rect = element.getBoundingClientRect();
    const isBelow = getComputedStyle(element).flexDirection === 'column';
    set(
      isBelow
        ? ((rect.bottom - event.clientY) / rect.height) * 100
        : ((rect.right - event.clientX) / rect.width) * 100,
    );
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = { ArrowLeft: 2, ArrowUp: 2, ArrowRight: -2, ArrowDown: -2 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    set(share + step);
  };
  return (
    <div className="split" ref={box} style={{ '--side': `${share}%` }}>
      <div className="split-main">{main}</div>
      {side === undefined ? null : (
        <>
          {/* A separator with a value is a control: it takes focus and keys. */}
          <div
            className="split-bar"
            role="slider"
            aria-label="Size of the inspector"
            aria-valuenow={share}
            aria-valuemin={smallest}
            aria-valuemax={largest}
            aria-valuetext={`${share} percent`}
            tabIndex={0}
            onKeyDown={onKeyDown}
            onPointerDown={(event) => {
              event.currentTarget.setPointerCapture(event.pointerId);
              event.preventDefault();
            }}
            onPointerMove={onPointerMove}
            onDoubleClick={() => set(usual)}
          />
          <div className="split-side">{side}</div>
        </>
      )}
    </div>
  );
}
