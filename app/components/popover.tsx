import { useEffect, useRef, type ReactNode } from 'react';

/** Something small that opens under its button; Escape, a click elsewhere or leaving it by Tab closes it. */
export function Popover(props: {
  readonly label: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
}): ReactNode {
  const { label, onClose, children } = props;
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    const before = document.activeElement;
    element.querySelector<HTMLElement>('button, input, [tabindex]')?.focus();
    const isOutside = (target: EventTarget | null): boolean =>
      target instanceof Node && !element.contains(target) && !(before?.contains(target) ?? false);
    const onPointer = (event: PointerEvent): void => {
      if (isOutside(event.target)) onClose();
    };
    const onFocus = (event: FocusEvent): void => {
      if (isOutside(event.target)) onClose();
    };
    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== 'Escape') return;
      event.preventDefault();
      onClose();
      if (before instanceof HTMLElement) before.focus();
    };
    document.addEventListener('pointerdown', onPointer);
    document.addEventListener('focusin', onFocus);
    document.addEventListener('keydown', onKey, true);
    return () => {
      document.removeEventListener('pointerdown', onPointer);
      document.removeEventListener('focusin', onFocus);
      document.removeEventListener('keydown', onKey, true);
    };
  }, [onClose]);
  return (
    <div ref={box} className="popover" role="dialog" aria-label={label}>
      {children}
    </div>
  );
}
