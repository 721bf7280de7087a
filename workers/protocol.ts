/**
 * The single contract between the page and the engine worker: every request, its parameters and its answer.
 * Client, worker and their types all derive from `Requests`. Answers are owned by the receiver.
 */

declare const brand: unique symbol;
type Brand<T, Name extends string> = T & { readonly [brand]: Name };

/** Position of an event in the capture, in file order, counting every event block. Not an event number. */
export type EventRow = Brand<number, 'EventRow'>;
/** Position of a row in a list as the grid shows it: 0 is the first shown. */
export type ListPosition = Brand<number, 'ListPosition'>;
/** Nanoseconds since the capture's first event. */
export type RelNs = Brand<number, 'RelNs'>;
/** Index of a description: one open socket, pipe or file. */
export type DescriptionIndex = Brand<number, 'DescriptionIndex'>;

/** What a grid shows: calls (one row per enter+exit) or raw events, of everything or of one conversation. */
export interface ListSpec {
  readonly unit: 'calls' | 'events';
  /** Only the events on this description and on its peer. */
  readonly conversation?: DescriptionIndex;
  /**
   * Only what passes this filter, which `checkFilter` accepted; a call does when either of its edges passes. The list has
   * what `runFilter` has found so far.
   */
  readonly filter?: string;
  /** In this order instead of the capture's, once `sort` is done with it. */
  readonly sort?: SortSpec;
}

/** Built-in columns that a list can be sorted by; `row` is the place in the capture, `exit` that of the call's exit. */
export const sortColumns = ['row', 'exit', 'cpu', 'process', 'type', 'fd', 'fdName', 'info', 'latency', 'requested', 'returned'] as const;

/** A built-in column, or a field, whose name has a point in it. */
export type SortColumn = (typeof sortColumns)[number] | `${string}.${string}`;

/** How a list is sorted. Rows that have nothing in the column come last either way; equals keep the capture's order. */
export interface SortSpec {
  readonly by: SortColumn;
  /** Greatest first. */
  readonly descending: boolean;
}

/** How far a list has been sorted: it is when `done` is `total`. */
export interface SortCount {
  readonly done: number;
  readonly total: number;
}

/** Something about a stretch of a filter, in UTF-16 units. */
export interface FilterMistake {
  readonly at: number;
  /** 0 when something is missing there. */
  readonly length: number;
  /** One sentence, without a full stop. */
  readonly message: string;
  /** What to write in place of that stretch; null when no fix is likely. */
  readonly suggestion: string | null;
}

/** What reading a filter has come to. An empty one is accepted: it passes everything. */
export type FilterCheck =
  | {
      readonly isAccepted: true;
      /** Its one printed form: equal for filters that mean the same, and accepted by sysdig where it knows the fields. */
      readonly text: string;
      /** What its writer may not expect, such as a mixture of and and or. */
      readonly notices: readonly FilterMistake[];
    }
  | { readonly isAccepted: false; readonly mistake: FilterMistake };

/** How far a filter has come: all of the capture when `looked` is `total`. */
export interface FilterCount {
  /** Printed events that pass, of those looked at. */
  readonly events: number;
  /** Calls of which either edge passes. */
  readonly calls: number;
  /** Event blocks looked at. */
  readonly looked: number;
  /** Event blocks there are so far: grows while indexing goes on. */
  readonly total: number;
}

/** A field that a column can show. */
export interface FieldInfo {
  readonly name: string;
  /** What stands behind the name, in brackets or behind a dot. */
  readonly argument: 'none' | 'optional' | 'required';
  /** In a few words. */
  readonly says: string;
}

/** How events are written to a file. */
export type LineKind = 'text' | 'json' | 'csv';

/** One check of a filter, in the order of evaluation. */
export interface FilterStep {
  readonly text: string;
  /** How often it is asked, and of what. */
  readonly asked: string;
}

/** One check of a filter for one event. */
export interface FilterReason {
  readonly text: string;
  /** What the event has there; null: nothing, and the check does not hold. */
  readonly value: string | null;
  readonly holds: boolean;
}

export interface ListCount {
  /** Rows of the list. */
  readonly rows: number;
  /** Events behind these rows, as sysdig counts printed events. */
  readonly events: number;
  /** Printed events of the whole capture so far. */
  readonly total: number;
}

/** Place and nature of one damage of the file; offsets are in the decompressed stream. */
export interface DamageReport {
  readonly kind: 'truncated' | 'malformed' | 'unsupported' | 'limit' | 'not-a-capture' | 'unknown-block';
  readonly offset: number;
  readonly block: string;
  readonly field: string;
  readonly found: string;
  readonly expected: string;
  readonly skipped: number;
}

/** One file of a capture; times count from the capture's first event. */
export interface FileSpan {
  readonly name: string;
  /** Its first row. */
  readonly row: EventRow;
  /** Its first event; absent when it has none. */
  readonly startNs?: RelNs;
  /** Its latest event. */
  readonly endNs?: RelNs;
  /** The longest time between an event and the next. */
  readonly silenceNs: number;
}

/** A hole between two files of a rolled capture. */
export interface Gap {
  /** Names of the file before and the file behind it. */
  readonly before: string;
  readonly behind: string;
  /** First row behind it. */
  readonly row: EventRow;
  /** From the last event before it to the first behind it. */
  readonly ns: number;
  /** Files that should be between the two, as their names count; 0 when names do not tell. */
  readonly missing: number;
}

export interface CaptureSummary {
  readonly names: readonly string[];
  /** Hex hash of the first MiB of the inflated stream. */
  readonly fingerprint: string;
  readonly host: string;
  /** Absolute time of the first event, nanoseconds since the epoch. */
  readonly firstNs: bigint;
  readonly durationNs: RelNs;
  /** What sysdig counts as printed events. */
  readonly events: number;
  /** Event blocks in the file. */
  readonly blocks: number;
  readonly calls: number;
  /** No enter events were recorded: latency is not in this capture. */
  readonly exitOnly: boolean;
  /** Recordings that follow each other in one file, or files: with more than one, names of events begin with it. */
  readonly sections: number;
  readonly files: readonly FileSpan[];
  /** What is missing between two files of a rolled capture. */
  readonly gaps: readonly Gap[];
  readonly damage: readonly DamageReport[];
  /** All damage, also what is beyond the list above. */
  readonly damageCount: number;
  readonly indexBytes: number;
  /**
   * Why indexing ended before the end of the file; absent when it did not. What was indexed before stays queryable:
   * `cancelled` by `stop`, `limit` of memory, `changed` or `unreadable` for a file that went away meanwhile.
   */
  readonly stopped?: CaptureError;
  /**
   * Files, as positions in those given, that are not part of the capture: they were recorded at the same time as the
   * files before them. Absent when there are none.
   */
  readonly apart?: readonly number[];
}

/** Ticks at most every 100 ms while indexing runs. */
export interface Progress {
  readonly bytesRead: number;
  readonly bytesTotal: number;
  readonly events: number;
  readonly eventsPerSecond: number;
  readonly summary: CaptureSummary;
  /** The lists of everything, so that they need not be asked for at each tick. */
  readonly counts: Readonly<Record<ListSpec['unit'], ListCount>>;
}

/** Bits of `RowWindow.flags`. */
export const rowFlag = { error: 1, exit: 2, open: 4, stateOnly: 8, unknown: 16, internal: 32 } as const;

/** A window of rows, one array per column, all of the same length. Absent numbers are NaN. */
export interface RowWindow {
  readonly first: ListPosition;
  readonly length: number;
  /** Row of the event (a call: of its enter, or of its exit when the enter was not recorded). */
  readonly row: Uint32Array<ArrayBuffer>;
  /** Event number; NaN for events that have none. */
  readonly num: Float64Array<ArrayBuffer>;
  /** Section of the event, counted from 1; 0 while the capture has only one. */
  readonly section: Uint32Array<ArrayBuffer>;
  /** Calls: number of the exit event; NaN while it has none. */
  readonly exitNum: Float64Array<ArrayBuffer>;
  /** Section of the exit event, as `section`. */
  readonly exitSection: Uint32Array<ArrayBuffer>;
  /** Nanoseconds since the first event. */
  readonly ns: Float64Array<ArrayBuffer>;
  /** Exit minus enter; NaN when not recorded. */
  readonly latencyNs: Float64Array<ArrayBuffer>;
  readonly cpu: Uint16Array<ArrayBuffer>;
  readonly tid: Float64Array<ArrayBuffer>;
  readonly fd: Int32Array<ArrayBuffer>;
  /** Bytes or other size asked for; NaN when the call has none. */
  readonly requested: Float64Array<ArrayBuffer>;
  /** Result value; NaN when not recorded. */
  readonly returned: Float64Array<ArrayBuffer>;
  readonly flags: Uint8Array<ArrayBuffer>;
  readonly process: readonly string[];
  readonly type: readonly string[];
  /** Events: sysdig's info text. Calls: the info of the enter, then of the exit. */
  readonly info: readonly string[];
  /** Name of the fd the row is about, or ''. */
  readonly fdName: readonly string[];
  /** errno name of a failed call, such as EPIPE, or ''. */
  readonly errno: readonly string[];
  /** The file could not be read again for these rows: the columns are right, `info` is empty where bytes were needed. */
  readonly unread?: CaptureError;
}

/** One parameter with its meaning. */
export interface ParamDetail {
  readonly name: string;
  readonly type: string;
  /** As sysdig prints it. */
  readonly text: string;
  /** What it stands for in words: errno text, decoded flags, resolved path, fd name; '' when the text says all. */
  readonly meaning: string;
  /** For buffers: bytes captured; otherwise undefined. */
  readonly captured?: number;
  /** For buffers: bytes the call really moved, when known. */
  readonly actual?: number;
  /** Index of the parameter in its event. */
  readonly index: number;
  /** Row of the event that carries it. */
  readonly row: EventRow;
}

export interface EdgeDetail {
  readonly row: EventRow;
  readonly num: number;
  /** Absent while the capture has only one. */
  readonly section?: number;
  readonly ns: RelNs;
  readonly direction: 'enter' | 'exit';
  readonly line: string;
  readonly params: readonly ParamDetail[];
}

export interface CallDetail {
  readonly type: string;
  readonly category: string;
  readonly cpu: number;
  readonly tid: number;
  readonly process: string;
  /** False for what happens without an enter and an exit, such as a switch. */
  readonly isCall: boolean;
  readonly enter?: EdgeDetail;
  readonly exit?: EdgeDetail;
  readonly latencyNs?: number;
  readonly result?: number;
  readonly errno?: { readonly name: string; readonly text: string };
  readonly fd?: FdDetail;
}

export interface FdDetail {
  readonly fd: number;
  readonly description: DescriptionIndex;
  readonly type: string;
  readonly name: string;
  readonly role: 'client' | 'server' | '';
  /** Row that opened it; undefined when older than the capture. */
  readonly openedRow?: EventRow;
  readonly openedNum?: number;
  readonly openedSection?: number;
  readonly closedRow?: EventRow;
  readonly closedNum?: number;
  readonly closedSection?: number;
  /** It has a peer in this capture or can be followed on its own. */
  readonly followable: boolean;
}

export interface ProcessRef { readonly tid: number; readonly pid: number; readonly comm: string }

/** State as of one event. */
export interface StateDetail {
  readonly tid: number;
  readonly pid: number;
  readonly ptid: number;
  readonly comm: string;
  readonly exe: string;
  readonly exepath: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly root: string;
  readonly sid: number;
  readonly vtid: number;
  readonly vpid: number;
  readonly uid: number;
  readonly user: string;
  readonly gid: number;
  readonly group: string;
  readonly loginuid?: number;
  readonly loginuser?: string;
  /** Event that last changed uid or gid; undefined when it has held since before the capture. */
  readonly identitySince?: { readonly row: EventRow; readonly num: number; readonly section?: number; readonly type: string };
  readonly ancestors: readonly ProcessRef[];
  readonly container: { readonly id: string; readonly name: string; readonly image: string; readonly how: string; readonly contradiction: string };
  readonly cgroups: readonly string[];
  readonly fds: readonly FdDetail[];
}

/** Names a conversation: its key, and its life unless it is the first or a connect that failed. */
export interface ConversationName {
  readonly key: string;
  readonly life?: number;
}

export type ConversationSort =
  | 'start'
  | 'duration'
  | 'processes'
  | 'key'
  | 'path'
  | 'calls'
  | 'there'
  | 'back'
  | 'unread'
  | 'refused'
  | 'error'
  | 'family'
  | 'protocol';

/** Which conversations a grid shows, and in which order. */
export interface ConversationQuery {
  readonly sort: ConversationSort;
  readonly descending: boolean;
  /** Only those that show this text, whatever its case. */
  readonly narrow: string;
  /** What stands together; within a group the order is that of `sort`. */
  readonly group: '' | 'path' | 'processes';
}

/** Protocols that bytes can be read as; '' is what they look like. */
export const decoders = ['', 'fastcgi', 'http', 'statsd'] as const;
export type Decoder = (typeof decoders)[number];

/** A window of the list of conversations. Absent numbers are NaN. */
export interface ConversationWindow {
  readonly first: number;
  readonly length: number;
  /** Rows of the narrowed list. */
  readonly rows: number;
  /** All conversations of the capture. */
  readonly total: number;
  /** Position in order of beginning. */
  readonly id: Uint32Array<ArrayBuffer>;
  /** How many lives the key has. */
  readonly lives: Uint32Array<ArrayBuffer>;
  /** A description of it, for lists of its events; all ones when it has none. */
  readonly description: Uint32Array<ArrayBuffer>;
  /** NaN: a connect that failed. */
  readonly life: Float64Array<ArrayBuffer>;
  /** NaN: older than the capture. */
  readonly startNum: Float64Array<ArrayBuffer>;
  readonly startNs: Float64Array<ArrayBuffer>;
  /** Until its end, or its last call. */
  readonly durationNs: Float64Array<ArrayBuffer>;
  readonly calls: Float64Array<ArrayBuffer>;
  /** Bytes that the left end wrote; NaN: not known. */
  readonly there: Float64Array<ArrayBuffer>;
  /** Bytes that the right end wrote; NaN: not known. */
  readonly back: Float64Array<ArrayBuffer>;
  readonly unread: Float64Array<ArrayBuffer>;
  readonly refused: Float64Array<ArrayBuffer>;
  readonly key: readonly string[];
  /** `unix-stream unix-dgram socketpair pipe fifo tcp udp`. */
  readonly family: readonly string[];
  readonly left: readonly string[];
  readonly right: readonly string[];
  /** Path or port. */
  readonly place: readonly string[];
  /** First error, or ''. */
  readonly error: readonly string[];
  /** What its bytes look like, such as `fastcgi`, or ''. */
  readonly protocol: readonly string[];
  /** Group it stands in, or ''. */
  readonly group: readonly string[];
  /** Conversations of the group that begins with the row; NaN on any other row. So are its sums. */
  readonly groupSize: Float64Array<ArrayBuffer>;
  readonly groupCalls: Float64Array<ArrayBuffer>;
  /** As far as that is known. */
  readonly groupThere: Float64Array<ArrayBuffer>;
  /** As far as that is known. */
  readonly groupBack: Float64Array<ArrayBuffer>;
  readonly groupUnread: Float64Array<ArrayBuffer>;
  readonly groupRefused: Float64Array<ArrayBuffer>;
}

/**
 * The fields of `scapscope conversations --json`, which `docs/conversations.md` explains. An event is named by a number and,
 * where the capture has several, by the section that stands beside it.
 */
export interface ConversationLine {
  readonly family: string;
  readonly key: string;
  readonly life: number | null;
  readonly path: string;
  readonly ends: readonly [readonly HolderLine[], readonly HolderLine[]];
  readonly start: number | null;
  readonly end: number | null;
  readonly start_ns: number | null;
  readonly end_ns: number | null;
  readonly connect: (EdgesLine & { readonly res: number }) | null;
  readonly accept: (EdgesLine & { readonly res: number }) | null;
  readonly accept_wait_ns: number | null;
  readonly dir: readonly [DirectionLine, DirectionLine];
  readonly close: readonly [ClosingLine | null, ClosingLine | null];
  readonly failures: readonly FailureLine[];
  readonly inferred: readonly string[];
}

/** The two events of a call. */
export interface EdgesLine {
  readonly enter: number | null;
  readonly enter_section?: number;
  readonly exit: number | null;
  readonly exit_section?: number;
}

export interface HolderLine {
  readonly pid: number;
  readonly comm: string;
  readonly fds: readonly number[];
  /** It made a data call. */
  readonly io: boolean;
  readonly from: number | null;
  readonly from_section?: number;
  readonly to: number | null;
  readonly to_section?: number;
  readonly how: string;
}

export interface DirectionLine {
  readonly write_calls: number | null;
  readonly written: number | null;
  readonly failed_writes: number | null;
  readonly retried_writes: number | null;
  readonly read_calls: number | null;
  readonly read: number | null;
  readonly failed_reads: number | null;
  readonly retried_reads: number | null;
  readonly unread?: number;
  readonly in_flight?: number;
  readonly never_delivered?: number;
  /** Calls of which the recorder tells too little may have moved more than the sums have. */
  readonly at_least?: true;
}

export interface ClosingLine extends EdgesLine {
  readonly pid: number;
  readonly fd: number;
  readonly how: string;
}

export interface FailureLine extends EdgesLine {
  readonly side: 0 | 1;
  readonly call: string;
  readonly errno: string;
  readonly requested: number | null;
  readonly cause_evts: readonly number[];
  /** Empty while the capture has only one. */
  readonly cause_sections?: readonly number[];
  readonly close_exit_to_enter_ns: number | null;
}

/** One sentence about what is worth a look. */
export interface Finding {
  readonly severity: 'error' | 'warning' | 'note';
  readonly kind: string;
  readonly sentence: string;
  /** Event numbers, in order. */
  readonly evts: readonly number[];
  /** Their sections; absent while the capture has only one. */
  readonly sections?: readonly number[];
  readonly delta_ns: number | null;
  readonly key: string;
  readonly life: number | null;
  readonly filter: string;
}

/** One call that the closer made between its last read and its close. */
export interface ActBeforeClose {
  /** Row of the enter, or of the exit when that is all there is. */
  readonly row: EventRow;
  readonly num: number | null;
  /** Absent while the capture has only one. */
  readonly section?: number;
  readonly ns: RelNs | null;
  /** From its beginning to the beginning of the close. */
  readonly beforeCloseNs: number | null;
  readonly syscall: string;
  /** Name of what it was about; '' when it has none. */
  readonly fd: string;
  /** It was about this conversation. */
  readonly own: boolean;
  readonly returned: number | null;
  /** First line of what it wrote or read. */
  readonly text: string;
}

/** Why one call failed: what the cause card shows. */
export interface FailureCause {
  /** Position among `line.failures`. */
  readonly failure: number;
  /** Threads, as `comm (tid)`: who made the failing call, who ended the other end. */
  readonly who: string;
  readonly by: string;
  readonly how: 'closed' | 'exited' | 'executed another program' | 'shut the connection down';
  /** The close: enter, where there is one, and exit. */
  readonly rows: readonly EventRow[];
  readonly evts: readonly number[];
  readonly failedRow: EventRow;
  /** From the end of the close to the beginning of the call; negative: while closing. */
  readonly deltaNs: number | null;
  /** No enters were recorded: `deltaNs` is from end to end. */
  readonly fromEndToEnd: boolean;
  /** Written in the direction of the call, the refused bytes included. */
  readonly offered: number | null;
  readonly read: number | null;
  readonly neverDelivered: number;
  /** Written by the closer and never read. */
  readonly replyUnread: number | null;
  /** Event number of the closer's last read. */
  readonly lastRead: number | null;
  /** What the closer did between that and its close, oldest first; the last ones of `betweenCalls`. */
  readonly between: readonly ActBeforeClose[];
  readonly betweenCalls: number;
}

/** One life as a strip shows it. */
export interface LifeMark {
  readonly key: string;
  readonly life: number | null;
  readonly startNs?: RelNs;
  readonly endNs?: RelNs;
  readonly failed: boolean;
  readonly current: boolean;
}

export interface ConversationDetail {
  readonly line: ConversationLine;
  readonly id: number;
  /** Lives of the pair, in order. */
  readonly lives: readonly LifeMark[];
  /** Lives of each single address. */
  readonly strips: readonly { readonly address: string; readonly lives: readonly LifeMark[] }[];
  readonly findings: readonly Finding[];
  readonly causes: readonly FailureCause[];
  /** What its first bytes look like, or ''. */
  readonly protocol: string;
  readonly descriptions: readonly [readonly DescriptionIndex[], readonly DescriptionIndex[]];
  readonly calls: number;
}

/** Bits of `ConversationCalls.flags`. */
export const callFlag = { writes: 1, reads: 2, refused: 4, open: 8, inferred: 16 } as const;

/** A window of the calls of one conversation, in order. Absent numbers are NaN. */
export interface ConversationCalls {
  readonly first: number;
  readonly length: number;
  readonly rows: number;
  readonly row: Uint32Array<ArrayBuffer>;
  /** All ones when it has none. */
  readonly exitRow: Uint32Array<ArrayBuffer>;
  /** End that made it: 0 left, 1 right. */
  readonly side: Uint8Array<ArrayBuffer>;
  readonly flags: Uint8Array<ArrayBuffer>;
  readonly num: Float64Array<ArrayBuffer>;
  readonly exitNum: Float64Array<ArrayBuffer>;
  /** Section of `row`, counted from 1; 0 while the capture has only one. */
  readonly section: Uint32Array<ArrayBuffer>;
  /** Section of the exit, as `section`. */
  readonly exitSection: Uint32Array<ArrayBuffer>;
  readonly ns: Float64Array<ArrayBuffer>;
  readonly latencyNs: Float64Array<ArrayBuffer>;
  readonly requested: Float64Array<ArrayBuffer>;
  readonly returned: Float64Array<ArrayBuffer>;
  /** Bytes in the capture. */
  readonly captured: Float64Array<ArrayBuffer>;
  /** Parameter of the exit that has its bytes; -1 when there is none. */
  readonly param: Float64Array<ArrayBuffer>;
  /** Offset of its first byte in its direction. */
  readonly offset: Float64Array<ArrayBuffer>;
  /** Bytes of it that were never read. */
  readonly unread: Float64Array<ArrayBuffer>;
  readonly syscall: readonly string[];
  readonly process: readonly string[];
  readonly errno: readonly string[];
  /** What it moved, decoded; '' when nothing is known. */
  readonly label: readonly string[];
  /** Captured bytes of the calls, one after the other, as far as they were asked for. */
  readonly data: Uint8Array<ArrayBuffer>;
  /** Where in `data` those of each call end. */
  readonly dataEnd: Float64Array<ArrayBuffer>;
}

/** What is compared of the calls of a conversation: columns of `ConversationCalls`, one after the other. */
export interface ComparedCalls {
  readonly side: Uint8Array<ArrayBuffer>;
  readonly syscall: readonly string[];
  readonly returned: Float64Array<ArrayBuffer>;
}

/** Values of `Alignment.match`. */
export const callMatch = { same: 0, differs: 1, onlyLeft: 2, onlyRight: 3 } as const;

/** The calls of two conversations side by side. */
export interface Alignment {
  readonly length: number;
  /** Positions in the two lists; all ones where only the other one has a call. */
  readonly left: Uint32Array<ArrayBuffer>;
  readonly right: Uint32Array<ArrayBuffer>;
  /** See `callMatch`. */
  readonly match: Uint8Array<ArrayBuffer>;
  /** First line that is not the same on both sides. */
  readonly firstDifference: number | undefined;
}

/** The bytes of one direction. */
export interface ConversationStream {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Pairs: place in `bytes` at which bytes are missing, and how many. */
  readonly gaps: Float64Array<ArrayBuffer>;
  /** Bytes that were moved. */
  readonly actual: number;
  /** They are those that the reader got: the writer's are not in the capture. */
  readonly fromReader: boolean;
}

/** Why something could not be done; plain data, one sentence per kind lives in `app/messages`. */
export type CaptureError =
  | { readonly kind: 'not-a-capture'; readonly name: string; readonly looksLike: string }
  | { readonly kind: 'empty'; readonly name: string }
  | { readonly kind: 'no-events'; readonly name: string }
  | { readonly kind: 'unreadable'; readonly name: string; readonly reason: string }
  | { readonly kind: 'changed'; readonly name: string }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'limit'; readonly what: string; readonly limit: number }
  /** A list has too many rows for the memory that is left; it keeps the order it has. */
  | { readonly kind: 'too-many-to-sort'; readonly rows: number }
  | { readonly kind: 'bug'; readonly message: string; readonly offset?: number };

export interface Requests {
  /** Opens files as one capture and indexes them to the end. Answers when indexing ends; progress ticks before. */
  open: { params: { files: readonly File[]; skipOffset?: number }; result: CaptureSummary };
  /**
   * Which of several files dropped together form one capture: positions in `files`, in order of time. Rolled files of
   * one recording share a group; any other file is a group of its own. Ask it of a client of its own, before `open`.
   */
  plan: { params: { files: readonly File[] }; result: readonly (readonly number[])[] };
  /**
   * Runs the engine for a millisecond or two on a made-up capture, so that the browser compiles it for speed before the
   * first real one comes. False when enough has been done.
   */
  warmUp: { params: Readonly<Record<string, never>>; result: boolean };
  /** Stops indexing; what is indexed stays. */
  stop: { params: Readonly<Record<string, never>>; result: CaptureSummary };
  count: { params: { list: ListSpec }; result: ListCount };
  window: { params: { list: ListSpec; first: ListPosition; count: number }; result: RowWindow };
  /**
   * Where an event stands in a list: by number, by row or by time; the nearest row at or after it. Each file counts its
   * events from 1: without a section the first event of that number is meant.
   */
  locate: {
    params: { list: ListSpec; at: { readonly num: number; readonly section?: number } | { readonly row: EventRow } | { readonly ns: RelNs } };
    result: { readonly position: ListPosition; readonly row: EventRow; readonly exact: boolean } | undefined;
  };
  /** Next or previous row with an error. */
  seekError: { params: { list: ListSpec; from: ListPosition; step: 1 | -1 }; result: ListPosition | undefined };
  /** Next or previous row whose text contains `text`; ticks and can be aborted. */
  findText: { params: { list: ListSpec; text: string; from: ListPosition; step: 1 | -1 }; result: ListPosition | undefined };
  /** Reads a filter without running it; needs no capture. */
  checkFilter: { params: { text: string }; result: FilterCheck };
  /**
   * Runs an accepted filter further and answers within about 200 ms how far it is: ask again until all has been looked
   * at, and once more when more has been indexed. What was found stays found. A newer filter aborts the older one's call.
   * It answers at once when so many calls pass as `enough` says.
   */
  runFilter: { params: { text: string; enough?: number }; result: FilterCount };
  /**
   * Sorts a list further and answers within about 100 ms how far it is: ask again until it is done. Until then it keeps the
   * order it has. A list that has grown since is sorted anew when it is asked for again. Fails with `too-many-to-sort`
   * when memory does not take it.
   */
  sort: { params: { list: ListSpec }; result: SortCount };
  /** All fields that a column can show; needs no capture. */
  fieldCatalogue: { params: Readonly<Record<string, never>>; result: readonly FieldInfo[] };
  /**
   * Values of fields for rows of a list, an array for each field: of a call what its exit has, else its enter. Undefined
   * where there is none, and for what is no field.
   */
  fieldValues: {
    params: { list: ListSpec; first: ListPosition; count: number; names: readonly string[] };
    result: readonly (readonly (string | undefined)[])[];
  };
  /**
   * The value of a field as a filter writes it, byte by byte, where text has lost bytes: of a call what its exit has, else
   * its enter. Undefined where there is none.
   */
  literal: { params: { row: EventRow; unit: ListSpec['unit']; field: string }; result: string | undefined };
  /** The events of rows as lines of UTF-8, each with its end; of a call both. `format` is what `sysdig -p` takes. */
  lines: {
    params: { list: ListSpec; first: ListPosition; count: number; kind: LineKind; format: string };
    result: Uint8Array<ArrayBuffer>;
  };
  /** The checks of an accepted filter in the order of their evaluation. */
  explainFilter: { params: { text: string }; result: readonly FilterStep[] };
  /** Why an event passes an accepted filter or does not: each of its checks, from left to right. */
  whyRow: { params: { text: string; row: EventRow }; result: readonly FilterReason[] };
  call: { params: { row: EventRow }; result: CallDetail };
  state: { params: { row: EventRow }; result: StateDetail };
  bytes: { params: { row: EventRow; param: number }; result: Uint8Array<ArrayBuffer> };
  /** Rows as the text sysdig prints, one line each. */
  text: { params: { list: ListSpec; first: ListPosition; count: number }; result: string };
  conversations: { params: { query: ConversationQuery; first: number; count: number }; result: ConversationWindow };
  /** One conversation in full; `undefined` when there is no such. */
  conversation: { params: { name: ConversationName }; result: ConversationDetail | undefined };
  /** `protocol`: read the bytes as this; '' as what they look like. `bytes`: how many of each call come along. */
  conversationCalls: {
    params: { name: ConversationName; first: number; count: number; protocol: Decoder; bytes: number };
    result: ConversationCalls | undefined;
  };
  /** Position of the call that an event belongs to; not exact: of the first one after it, or of the last. */
  conversationPosition: {
    params: { name: ConversationName; row: EventRow };
    result: { readonly position: ListPosition; readonly exact: boolean } | undefined;
  };
  /** Next or previous call that failed. */
  conversationSeekError: {
    params: { name: ConversationName; from: ListPosition; step: 1 | -1 };
    result: ListPosition | undefined;
  };
  /** What end `direction` wrote. */
  stream: { params: { name: ConversationName; direction: 0 | 1 }; result: ConversationStream | undefined };
  /** Puts the calls of two conversations side by side, be they of one capture or of two: any engine can do it. */
  align: { params: { left: ComparedCalls; right: ComparedCalls }; result: Alignment };
  findings: { params: Readonly<Record<string, never>>; result: readonly Finding[] };
  /** The conversation that an event on a description belongs to. */
  conversationOf: { params: { description: DescriptionIndex; row: EventRow }; result: ConversationName | undefined };
}

export type RequestName = keyof Requests;
/** Answer of any request: a value or a typed error; never a thrown class. */
export type Answer<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: CaptureError };
/** What the worker exposes through comlink; the page uses `CaptureClient` of `client.ts` instead. */
export type Api = {
  [Name in RequestName]: (params: Requests[Name]['params'], id: number) => Promise<Answer<Requests[Name]['result']>>;
} & {
  /** Takes the compiled engine; everything else waits for it. */
  boot(module: WebAssembly.Module): Promise<void>;
  /** Aborts the running request with this id. */
  abort(id: number): void;
  /** Registers the receiver of progress notices. */
  onProgress(listener: (progress: Progress) => void): void;
  /** Registers who is told that the engine is dead; nothing is answered after that. */
  onCrash(listener: (error: CaptureError) => void): void;
};
