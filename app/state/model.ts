/**
 * What the page knows, apart from answers of the engine: open captures, the place each one is at, and what is shown
 * over them. Everything here is plain immutable data; the address bar is a projection of it (`app/url`).
 */
import type {
  CaptureError,
  CaptureSummary,
  ConversationName,
  ConversationQuery,
  Decoder,
  DescriptionIndex,
  EventRow,
  FilterCount,
  Finding,
  ListCount,
  ListPosition,
  ListSpec,
  Progress,
  RelNs,
  SortCount,
  SortSpec,
} from '../../workers/protocol';
import type { Brand } from '../base/brand';
import type { TimeMode } from '../format/time';

export type TabId = Brand<number, 'TabId'>;
export type Unit = ListSpec['unit'];
export type InspectorPane = 'call' | 'bytes' | 'state';
/** What a capture is looked at as. */
export type View = 'events' | 'conversations' | 'findings';
/** How the bytes of a conversation are shown. */
export type BytesAs = 'decoded' | 'ascii' | 'hex' | 'raw';

/**
 * An event as links name it: by its number, with its section in front where a capture has several, or by its place among
 * the blocks when it has no number.
 */
export type EventName = { readonly num: number; readonly section?: number } | { readonly row: EventRow };

/** What is known of a selected row without asking again. */
export interface RowFacts {
  readonly row: EventRow;
  readonly num: number | undefined;
  /** Undefined while the capture has only one. */
  readonly section?: number | undefined;
  readonly exitNum: number | undefined;
  readonly ns: RelNs;
}

export interface Selected {
  readonly position: ListPosition;
  /** Filled in as soon as the row has been fetched. */
  readonly facts: RowFacts | undefined;
}

/** The conversation a place is about. */
export interface Follow {
  /** Event it was entered from: what a link names. */
  readonly from: EventName;
  readonly description: DescriptionIndex;
  /** Name of the fd, as captured. */
  readonly label: string;
}

/** Asks the grid to bring a row into view; it goes away when that is done. */
export interface Reveal {
  readonly position: ListPosition;
  readonly how: 'nearest' | 'center' | 'top';
}

/** One step of the way down: a list and where one stands in it. */
export interface Place {
  readonly unit: Unit;
  readonly follow: Follow | undefined;
  /** Only what passes it is shown; '' passes everything. The engine has accepted it. */
  readonly filter: string;
  /** Order of the list; undefined: that of the capture. The engine has sorted it. */
  readonly sort?: SortSpec;
  readonly selected: Selected | undefined;
  /** Other end of a selected range. */
  readonly mark: Selected | undefined;
  /** Rows scrolled past, with the fraction. */
  readonly top: number;
  /** Event of the first row in view, once it is fetched. */
  readonly topName: EventName | undefined;
  readonly reveal: Reveal | undefined;
  /** Counts the times the place was set from elsewhere than the grid, which then takes up `top`. */
  readonly jump: number;
}

/** Where one stands in the list of conversations. */
export interface ConversationsPlace extends Pick<ConversationQuery, 'sort' | 'descending' | 'group'> {
  readonly selected: ListPosition | undefined;
  /** Rows of the narrowed list; 0 until they are counted. */
  readonly rows: number;
  /** All conversations of the capture; undefined until they are counted. */
  readonly total: number | undefined;
  /** Rows scrolled past, with the fraction. */
  readonly top: number;
  readonly reveal: Reveal | undefined;
}

/** A conversation of some capture, which need not be open. */
export interface ConversationElsewhere {
  readonly fingerprint: string;
  readonly name: ConversationName;
}

/** The conversation that is open, and where one stands in it. */
export interface OpenConversation {
  readonly name: ConversationName;
  /** Calls to select as soon as the conversation is there. */
  readonly wish: { readonly selected: EventName | undefined; readonly mark: EventName | undefined } | undefined;
  /** Calls it has; 0 until they are counted. */
  readonly calls: number;
  /** Who talks to whom, and which life it is; '' until that is known. */
  readonly title: string;
  /** Positions are those of its calls. */
  readonly selected: Selected | undefined;
  readonly mark: Selected | undefined;
  readonly reveal: Reveal | undefined;
  /** Pixels scrolled past. */
  readonly top: number;
  /** Read its bytes as this; '' as what they look like. */
  readonly protocol: Decoder;
  /** What it is compared with. */
  readonly against: ConversationElsewhere | undefined;
  /** Beside the calls: what became of the conversation, or the selected call. */
  readonly aside: 'cause' | 'call';
}

/** Everything that a step back returns to. */
export type Standpoint = Pick<Tab, 'view' | 'places' | 'conversations' | 'open'>;

export interface ColumnLayout {
  /** All column ids of the unit, in order. */
  readonly order: readonly string[];
  readonly hidden: readonly string[];
  readonly widths: Readonly<Record<string, number>>;
}

/** What a link or a reload wants to see; events are looked up once they are indexed. */
export interface Wish {
  readonly view: View;
  readonly conversation: ConversationName | undefined;
  readonly protocol: Decoder;
  readonly against: ConversationElsewhere | undefined;
  readonly sort: ConversationQuery['sort'];
  readonly descending: boolean;
  readonly group: ConversationQuery['group'];
  readonly unit: Unit;
  readonly follow: EventName | undefined;
  /** Comes from a link: nothing has looked at it yet. */
  readonly filter: string;
  /** Order of the list of events; undefined: that of the capture. */
  readonly by: SortSpec | undefined;
  readonly selected: EventName | undefined;
  readonly mark: EventName | undefined;
  readonly top: EventName | undefined;
}

export type Phase =
  | { readonly kind: 'opening' }
  | { readonly kind: 'ready'; readonly elapsedMs: number }
  /** The engine is dead or the file is gone; what was fetched stays on the page. */
  | { readonly kind: 'failed'; readonly error: CaptureError };

/** How far a filter has come, as text and figures. */
export interface Sought {
  readonly filter: string;
  readonly count: FilterCount;
}

/** How far a list has been sorted. */
export interface Sorting extends SortCount {
  readonly sort: SortSpec;
}

export interface Tab {
  readonly id: TabId;
  /** Place among the tabs. */
  readonly order: number;
  readonly names: readonly string[];
  readonly bytes: number;
  readonly phase: Phase;
  readonly progress: Progress | undefined;
  readonly summary: CaptureSummary | undefined;
  /** Grows with every notice of the engine: answers about lists may be out of date. */
  readonly tick: number;
  readonly view: View;
  readonly places: readonly Place[];
  readonly conversations: ConversationsPlace;
  /** The conversation that is open: the view of conversations then shows it instead of the list. */
  readonly open: OpenConversation | undefined;
  /** What is worth a look; undefined until the capture is indexed. */
  readonly findings: readonly Finding[] | undefined;
  /** Selected row of the findings. */
  readonly finding: number | undefined;
  /** Where the way back leads, the last step last. */
  readonly trail: readonly Standpoint[];
  /** Rows of each list that was shown, by `listKey`. */
  readonly counts: Readonly<Record<string, ListCount>>;
  readonly wish: Wish | undefined;
  /** How far the applied filter has come. */
  readonly sought: Sought | undefined;
  /** A list is being sorted; what is shown keeps its order meanwhile. */
  readonly sorting: Sorting | undefined;
  /** Grows each time that a list has been sorted anew. */
  readonly sorts: number;
  /** Something about the file that the user should know while the rest works on. */
  readonly trouble: CaptureError | undefined;
}

/** What holds for every capture. */
export interface Preferences {
  readonly time: TimeMode;
  /** As the user arranged them; undefined while that is left to the width of the window. */
  readonly columns: Readonly<Record<Unit, ColumnLayout | undefined>>;
  readonly pane: InspectorPane;
  readonly find: string;
  readonly bytesAs: BytesAs;
}

/** A capture that a link is about and that is not open. */
export interface Wanted {
  readonly fingerprint: string;
  readonly name: string;
  readonly wish: Wish;
  /** A file that was tried and is another capture. */
  readonly other: { readonly tab: TabId; readonly name: string; readonly fingerprint: string } | undefined;
  /** It can be had again with one click. */
  readonly handle: boolean;
  /** It is being opened again by itself. */
  readonly reopening: boolean;
}

/** A capture on another host that a link wants to load. */
export interface Remote {
  /** Its address, https. */
  readonly src: string;
  readonly wish: Wish;
  readonly phase:
    | { readonly kind: 'asking' }
    | { readonly kind: 'loading'; readonly bytesRead: number; readonly bytesTotal: number | undefined }
    | { readonly kind: 'failed'; readonly reason: string };
}

export interface Notice {
  readonly id: number;
  readonly text: string;
  /** Alerts stay until they are dismissed; refusals, of what could not be opened, until another capture is. */
  readonly tone: 'quiet' | 'alert' | 'refusal';
}

export type Overlay = 'none' | 'palette' | 'keys' | 'goto' | 'columns' | 'damage' | 'compare' | 'explain' | 'export';

export interface Ui {
  readonly overlay: Overlay;
  readonly notices: readonly Notice[];
  /** Rows the grid can show at once. */
  readonly viewportRows: number;
  readonly inspectorOpen: boolean;
  readonly singleKeys: boolean;
  readonly finding: 'idle' | 'running' | 'none';
  /** What the box above the list of events is for. */
  readonly box: 'filter' | 'find';
}

export interface AppState {
  readonly tabs: readonly Tab[];
  /**
   * What stands in the filter box of a tab and is not applied; nothing while it has what is applied. Beside the tabs, for of all
   * that is drawn of a tab a key in its box changes the box alone.
   */
  readonly drafts: ReadonlyMap<TabId, string>;
  readonly active: TabId | undefined;
  readonly wanted: Wanted | undefined;
  readonly remote: Remote | undefined;
  readonly preferences: Preferences;
  readonly ui: Ui;
}

export const startPlace: Place = {
  unit: 'calls',
  follow: undefined,
  filter: '',
  selected: undefined,
  mark: undefined,
  top: 0,
  topName: undefined,
  reveal: undefined,
  jump: 0,
};

export const startConversations: ConversationsPlace = {
  sort: 'start',
  descending: false,
  group: '',
  selected: undefined,
  rows: 0,
  total: undefined,
  top: 0,
  reveal: undefined,
};

export const initialState: AppState = {
  tabs: [],
  drafts: new Map(),
  active: undefined,
  wanted: undefined,
  remote: undefined,
  preferences: {
    time: 'local',
    columns: { calls: undefined, events: undefined },
    pane: 'call',
    find: '',
    bytesAs: 'decoded',
  },
  ui: {
    overlay: 'none',
    notices: [],
    viewportRows: 1,
    inspectorOpen: true,
    singleKeys: true,
    finding: 'idle',
    box: 'filter',
  },
};
