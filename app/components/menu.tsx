/** A menu that opens at a point of the page: by the right button of the mouse, the menu key, or Shift+F10. */
import { useEffect, useLayoutEffect, useRef, type KeyboardEvent, type ReactNode } from 'react';
import './menu.css';

export interface MenuEntry {
  /** Names it among its siblings. */
  readonly id: string;
  readonly label: string;
  /** The key that does the same without the menu, for people. */
  readonly keys?: string;
  readonly run: () => void;
}

/** A point of the page, in CSS pixels of the window. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Entries of a group stand together. Choosing one closes the menu; so do Escape, Tab and whatever happens beside it. */
export function Menu(props: {
  readonly label: string;
  readonly at: Point;
  readonly groups: readonly (readonly MenuEntry[])[];
  /** What its entries are about, where ← and → lead to something else. */
  readonly title?: string;
  readonly onSide?: (step: 1 | -1) => void;
  readonly onClose: () => void;
}): ReactNode {
  const { label, at, groups, title, onSide, onClose } = props;
  const box = useRef<HTMLDivElement>(null);
  /** Gets the focus back when the menu closes. */
  const owner = useRef<Element | null>(null);

  // In the top layer: neither the edge of a list nor its containment cuts it off.
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return;
    if (!element.matches(':popover-open')) {
      owner.current = document.activeElement;
      element.showPopover();
    }
    const { width, height } = element.getBoundingClientRect();
    const inside = (from: number, size: number, room: number): number => Math.max(4, Math.min(from, room - size - 4));
    element.style.left = `${inside(at.x, width, innerWidth)}px`;
    element.style.top = `${inside(at.y, height, innerHeight)}px`;
    itemsOf(element)[0]?.focus({ preventScroll: true });
  }, [at, title]);

  useEffect(() => {
    const abort = new AbortController();
    const beside = (event: Event): void => {
      if (!(event.target instanceof Node && box.current?.contains(event.target) === true)) onClose();
    };
    for (const type of ['pointerdown', 'wheel', 'contextmenu', 'focusin']) {
      document.addEventListener(type, beside, { signal: abort.signal, capture: true, passive: true });
    }
    for (const type of ['blur', 'resize']) window.addEventListener(type, onClose, { signal: abort.signal });
    return () => abort.abort();
  }, [onClose]);

  const close = (): void => {
    if (owner.current instanceof HTMLElement) owner.current.focus({ preventScroll: true });
    onClose();
  };
  const choose = (entry: MenuEntry): void => {
    close();
    entry.run();
  };

  const onKeyDown = (event: KeyboardEvent): void => {
    // Keys of the page are not meant while a menu is open.
    event.stopPropagation();
    if (event.key === 'Escape' || event.key === 'Tab') {
      event.preventDefault();
      close();
      return;
    }
    const side = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (onSide !== undefined && (side === 1 || side === -1)) {
      event.preventDefault();
      onSide(side);
      return;
    }
    const items = box.current === null ? [] : itemsOf(box.current);
    const now = items.findIndex((item) => item === document.activeElement);
    const next = nextItem(event.key, now, items);
    if (next === undefined) return;
    event.preventDefault();
    items[next]?.focus({ preventScroll: true });
  };

  return (
    <div ref={box} className="context-menu" role="menu" aria-label={label} popover="manual" tabIndex={-1} onKeyDown={onKeyDown}>
      {title === undefined ? null : (
        <div className="context-menu-title" role="presentation">
          {title}
          {onSide === undefined ? null : <kbd aria-hidden="true">← →</kbd>}
        </div>
      )}
      {groups
        .filter((group) => group.length > 0)
        .map((group) => (
          <div key={group.map(({ id }) => id).join(' ')} role="group" className="context-menu-group">
            {group.map((entry) => (
              <button
                key={entry.id}
                type="button"
                role="menuitem"
                tabIndex={-1}
                aria-keyshortcuts={entry.keys}
                onClick={() => choose(entry)}
                onPointerMove={(event) => event.currentTarget.focus({ preventScroll: true })}
              >
                <span className="context-menu-label">{entry.label}</span>
                {entry.keys === undefined ? null : <kbd aria-hidden="true">{entry.keys}</kbd>}
              </button>
            ))}
          </div>
        ))}
    </div>
  );
}

function itemsOf(menu: HTMLElement): HTMLElement[] {
  return [...menu.querySelectorAll<HTMLElement>('[role=menuitem]')];
}

/** Where a key leads; nothing when it leads nowhere. */
function nextItem(key: string, now: number, items: readonly HTMLElement[]): number | undefined {
  const { length } = items;
  if (key === 'ArrowDown') return (now + 1) % length;
  if (key === 'ArrowUp') return (now - 1 + length) % length;
  if (key === 'Home') return 0;
  if (key === 'End') return length - 1;
  if (!/^\S$/u.test(key)) return undefined;
  // A letter again and again goes from one entry that begins with it to the next.
  for (let step = 1; step <= length; step++) {
    const place = (now + step) % length;
    if (items[place]?.textContent.toLowerCase().startsWith(key.toLowerCase()) === true) return place;
  }
  return undefined;
}
