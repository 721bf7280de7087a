/**
 * A grid of any number of rows: columns from a table model, rows from the caller, one row selected. It scrolls, it
 * reports; what a row means is the caller's.
 */
import {
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
  type KeyboardEvent,
  type MouseEvent,
  type ReactNode,
  type RefObject,
} from 'react';
import type { Reveal } from '../../state/model';
import type { Point } from '../menu';
import { barHeight, topToCenter, topToReveal, type ScrollScale } from './scroll-map';
import { ScrollModel } from './scroll-model';
import { overscan, useVirtualRows } from './use-virtual-rows';
import './virtual-grid.css';

/** Height of a row of text. */
const textRowHeight = 22;
const headerHeight = 24;

export interface VirtualGridProps {
  readonly label: string;
  readonly rowCount: number;
  /** Height of every row, in pixels; that of a line of text where it is not said. */
  readonly rowHeight?: number;
  /** CSS widths of the columns, for `grid-template-columns`. */
  readonly template: string;
  readonly minWidth: number;
  readonly header: ReactNode;
  /** One row; `isUpper` tells whether it is in the upper half of those in view. */
  readonly renderRow: (position: number, isUpper: boolean) => ReactNode;
  readonly selected: number | undefined;
  readonly multiselectable: boolean;
  /** Rows that should be scrolled past; taken up when the list changes and when `jump` does. */
  readonly top: () => number;
  readonly jump: string;
  /** A row to bring into view; `onRevealed` is called once that is done. */
  readonly reveal: Reveal | undefined;
  readonly onRevealed: (reveal: Reveal) => void;
  readonly onScroll: (top: number) => void;
  readonly onRange: (first: number, last: number) => void;
  readonly onViewport: (rows: number) => void;
  readonly onPick: (position: number, extend: boolean) => void;
  readonly onOpen: (position: number) => void;
  /** A menu is asked for, by mouse at a cell or by keyboard for the selected row; where there is none the browser's opens. */
  readonly onMenu?: (position: number, column: string | undefined, at: Point) => void;
  readonly onKeyDown?: (event: KeyboardEvent) => void;
  readonly busy: boolean;
  readonly children?: ReactNode;
}

export function rowId(label: string, position: number): string {
  return `${label.toLowerCase()}-row-${position}`;
}

function useViewport(scroller: RefObject<HTMLElement | null>): number {
  const [height, setHeight] = useState(0);
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null) return undefined;
    const measure = (): void => setHeight(Math.max(0, element.clientHeight - headerHeight));
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    measure();
    return () => observer.disconnect();
  }, [scroller]);
  return height;
}

/** Row under an event of the mouse. */
function positionOf(event: MouseEvent): number | undefined {
  const row = event.target instanceof Element ? event.target.closest('[data-position]') : null;
  const position = Number(row?.getAttribute('data-position') ?? Number.NaN);
  return Number.isNaN(position) ? undefined : position;
}

/** Id of the column under an event of the mouse. */
function columnOf(event: MouseEvent): string | undefined {
  const cell = event.target instanceof Element ? event.target.closest('[data-column]') : null;
  return cell?.getAttribute('data-column') ?? undefined;
}

export function VirtualGrid(props: VirtualGridProps): ReactNode {
  const { label, rowCount, rowHeight = textRowHeight, selected, reveal, onRevealed, onScroll, onRange, onViewport, top, jump } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const shift = useRef<HTMLDivElement>(null);
  const [model] = useState(() => new ScrollModel());
  const viewport = useViewport(scroller);
  const scale: ScrollScale = { rows: rowCount, rowHeight, viewport };
  const { rows, base } = useVirtualRows(model, scale, scroller);
  // Elements are reused as rows leave on one side and come in on the other: making new ones costs several times more.
  const slots = Math.ceil(viewport / rowHeight) + 2 * overscan + 2;
  const first = rows[0] ?? 0;
  const last = rows.at(-1) ?? -1;

  useLayoutEffect(() => {
    const element = scroller.current;
    return element === null ? undefined : model.attach(element);
  }, [model]);

  useLayoutEffect(() => {
    model.resize({ rows: rowCount, rowHeight, viewport }, top() * rowHeight);
    model.alignBar();
  }, [model, rowCount, rowHeight, viewport, top, jump]);

  // Before paint, so that rows and their place change together.
  useLayoutEffect(() => {
    const place = (): void => {
      if (shift.current !== null) {
        shift.current.style.transform = `translateY(${Math.round(base * rowHeight - model.top)}px)`;
      }
    };
    place();
    return model.subscribe(place);
  });

  useEffect(
    () =>
      model.subscribe(() => {
        // A list that is not counted yet has no place of its own.
        if (model.scale.rows > 0 && model.scale.viewport > 0) onScroll(model.top / rowHeight);
      }),
    [model, onScroll, rowHeight],
  );
  useEffect(() => onRange(first, last), [first, last, onRange]);
  useEffect(() => {
    if (viewport > 0) onViewport(Math.max(1, Math.floor(viewport / rowHeight)));
  }, [viewport, rowHeight, onViewport]);

  const revealed = useRef<Reveal | undefined>(undefined);
  useLayoutEffect(() => {
    // The list may not have its size or the row yet; once is enough, whenever its owner takes note.
    if (reveal === undefined || reveal === revealed.current || viewport === 0 || reveal.position >= rowCount) return;
    const now = { rows: rowCount, rowHeight, viewport };
    if (reveal.how === 'top') model.moveTo(reveal.position * rowHeight);
    else if (reveal.how === 'center') model.moveTo(topToCenter(reveal.position, model.top, now));
    else model.moveTo(topToReveal(reveal.position, model.top, now));
    revealed.current = reveal;
    onRevealed(reveal);
  }, [model, reveal, onRevealed, rowCount, rowHeight, viewport]);

  const pick = (event: MouseEvent): void => {
    const position = positionOf(event);
    if (position !== undefined) props.onPick(position, event.shiftKey || event.ctrlKey || event.metaKey);
  };

  const { onMenu } = props;
  const openMenu = (event: MouseEvent): void => {
    if (onMenu === undefined) return;
    const position = positionOf(event);
    if (position !== undefined) {
      event.preventDefault();
      onMenu(position, columnOf(event), { x: event.clientX, y: event.clientY });
      return;
    }
    // By keyboard it is the grid that has the focus, not its row.
    const row = selected === undefined ? null : document.getElementById(rowId(label, selected));
    if (event.button === 2 || event.target !== scroller.current || row === null || selected === undefined) return;
    event.preventDefault();
    const { left, bottom } = row.getBoundingClientRect();
    onMenu(selected, undefined, { x: left + 24, y: bottom });
  };

  return (
    <div
      ref={scroller}
      className="grid"
      role="grid"
      aria-label={label}
      aria-rowcount={rowCount + 1}
      aria-multiselectable={props.multiselectable}
      aria-busy={props.busy}
      aria-activedescendant={
        selected !== undefined && selected >= first && selected <= last ? rowId(label, selected) : undefined
      }
      tabIndex={0}
      onKeyDown={props.onKeyDown}
      onClick={pick}
      onContextMenu={openMenu}
      onDoubleClick={(event) => {
        const position = positionOf(event);
        if (position !== undefined) props.onOpen(position);
      }}
      style={{ '--grid-columns': props.template }}
    >
      <div
        className="grid-sizer"
        role="presentation"
        style={{ height: headerHeight + barHeight(scale), minWidth: props.minWidth }}
      >
        <div className="grid-head" role="rowgroup">
          {props.header}
        </div>
        <div className="grid-body" role="rowgroup" style={{ height: viewport }}>
          <div className="grid-shift" role="presentation" ref={shift}>
            {rows.map((position, at) => (
              <div
                key={position % slots}
                className="grid-place"
                role="presentation"
                style={{ top: (position - base) * rowHeight, height: rowHeight }}
              >
                {props.renderRow(position, at < rows.length / 2)}
              </div>
            ))}
          </div>
        </div>
      </div>
      {props.children}
    </div>
  );
}
