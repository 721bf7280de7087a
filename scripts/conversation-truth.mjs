/**
 * Holds `scapscope conversations --json` against what follows from sysdig's own printed fields alone. It shares no code
 * with the engine: descriptors are followed here by creation, fork, dup, exec and close, as the text shows them.
 *
 *   node scripts/conversation-truth.mjs --bin scapscope CAPTURE...
 *
 * Streams and pipes that began within the capture are compared one by one, and so are connects that failed and what
 * datagram sockets sent and received; of sockets and pipes that are older, sysdig prints no addresses: their sums are
 * compared by kind.
 */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const fields = '*%evt.num|%evt.rawtime|%thread.tid|%proc.pid|%evt.dir|%evt.type|%fd.typechar%fd.l4proto|%evt.args';

/** @param {string} command @param {string[]} args */
function lines(command, args) {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  return createInterface({ input: child.stdout, crlfDelay: Infinity });
}

/** @typedef {{ id: number, key: string, family: string, side: number, sum: Sum, closed: undefined | Close, mates: undefined | Life, maybe: boolean, cloexec: boolean, refs: number, connect?: [number, number, number], accept?: [number, number], role?: string, domain: number, remotes: Map<string, Sum>, own: string, remote: string }} Description */
/** @typedef {Map<number, { what: Description, cloexec: boolean, maybe: boolean }>} Table */
/** @typedef {{ writes: number, written: number, failedWrites: number, reads: number, read: number, failures: Failure[] }} Sum */
/** @typedef {{ call: string, enter: number, exit: number, errno: string, time: number }} Failure */
/** @typedef {{ exit: number, how: string, time: bigint }} Close */
/** @typedef {{ side: number, call: string, enter: number | null, exit: number | null, errno: string, cause_evts: number[] }} FailureLine */
/** @typedef {{ write_calls: number | null, written: number | null, failed_writes: number | null, read_calls: number | null, read: number | null }} DirectionLine */
/** @typedef {{ family: string, key: string, life: number | null, start: number | null, connect: { exit: number | null, res: number } | null, ends: [unknown[], unknown[]], dir: [DirectionLine, DirectionLine], close: ({ exit: number | null, how: string } | null)[], failures: FailureLine[] }} Line What the command prints. */
/** @typedef {{ key: string, family: string, ends: [Description | undefined, Description | undefined], start: number }} Life */

const readCalls = new Set(['read', 'readv', 'pread', 'preadv', 'recv', 'recvfrom', 'recvmsg']);
const writeCalls = new Set(['write', 'writev', 'pwrite', 'pwritev', 'send', 'sendto', 'sendmsg']);
const retries = new Set(['EAGAIN', 'EINTR', 'EINPROGRESS']);

/** @param {string} text @param {string} name */
function number(text, name) {
  const match = new RegExp(`(?:^| )${name}=(-?\\d+)`).exec(text);
  return match?.[1] === undefined ? undefined : Number(match[1]);
}

/** @returns {Sum} */
const emptySum = () => ({ writes: 0, written: 0, failedWrites: 0, reads: 0, read: 0, failures: [] });

/**
 * Lives as the printed lines tell them.
 * @param {string} capture
 */
async function truth(capture) {
  /** @type {Map<number, Set<number>>} Threads that each process is seen with and that have not exited. */
  const threads = new Map();
  /** @type {string[][]} */
  const rows = [];
  for await (const line of lines('sysdig', ['-r', capture, '-p', fields])) {
    const parts = line.split('|');
    rows.push([...parts.slice(0, 7), parts.slice(7).join('|')]);
    const [tid, pid] = [Number(parts[2]), Number(parts[3])];
    if (pid > 0) threads.set(pid, (threads.get(pid) ?? /** @type {Set<number>} */ (new Set())).add(tid));
  }
  let ids = 0;
  /** @type {Map<number, Table>} */
  const tables = new Map();
  /** @type {Map<number, number>} */
  const tableOf = new Map();
  /** @type {Map<number, { type: string, args: string, num: number, time: bigint, what: Description | undefined, second: Description | undefined, fd: number | undefined }>} */
  const pending = new Map();
  /** @type {Life[]} */
  const lives = [];
  /** @type {string[]} Connects that failed: exit and result. */
  const refused = [];
  /** @type {Map<string, Sum>} Of sockets and pipes older than the capture, by the letter of their kind. */
  const older = new Map();
  /** @type {Set<Description>} */
  const datagrams = new Set();
  /** @type {Map<string, Life>} */
  const open = new Map();
  /** @type {Map<string, Table>} */
  const snapshots = new Map();
  /** @type {Map<string, Description>} */
  const suspended = new Map();
  /** @type {Map<number, number>} Process that each thread was last seen in. */
  const processOf = new Map();
  /** @type {Map<number, number>} */
  const parentOf = new Map();
  const clones = new Set(['clone', 'fork', 'vfork', 'clone3']);

  /** @param {string} family @param {boolean} [known] @returns {Description} */
  const make = (family, known = true) => ({ id: (ids += 1), key: '', family, side: 0, sum: emptySum(), closed: undefined, mates: undefined, maybe: !known, cloexec: false, refs: 0, domain: 0, remotes: new Map(), own: '', remote: '' });
  /** @returns {Table} */
  const emptyTable = () => new Map();
  /** @param {Table} from What fork and CLONE_FILES undone make of it. */
  const copyOf = (from) => {
    const copy = emptyTable();
    for (const [fd, slot] of from) {
      slot.what.refs += 1;
      copy.set(fd, { ...slot });
    }
    return copy;
  };
  /** @param {number} pid */
  const table = (pid) => {
    const found = tables.get(pid) ?? emptyTable();
    tables.set(pid, found);
    return found;
  };
  /** @param {Description} what @param {number} num @param {bigint} time @param {string} how */
  const release = (what, num, time, how) => {
    what.refs -= 1;
    if (what.refs === 0) what.closed = { exit: num, how, time };
  };
  /** @param {number} pid @param {number} fd @param {Description} what @param {boolean} cloexec @param {boolean} maybe @param {number} num @param {bigint} time */
  const put = (pid, fd, what, cloexec, maybe, num, time) => {
    const old = table(pid).get(fd);
    what.refs += 1;
    if (old !== undefined) release(old.what, num, time, 'replaced');
    table(pid).set(fd, { what, cloexec, maybe });
    suspended.delete(`${pid}:${fd}`);
  };
  /**
   * A new number is the lowest free one: what stands below it is open, also what execve might have closed.
   * @param {number} pid @param {number} fd @param {number} num @param {bigint} time
   */
  const openBelow = (pid, fd, num, time) => {
    for (const [name, what] of [...suspended]) {
      const [owner, number] = name.split(':').map(Number);
      if (owner !== pid || number === undefined || number >= fd) continue;
      what.closed = undefined;
      put(pid, number, what, false, false, num, time);
    }
  };
  /** @param {string} key @param {string} family @param {Description} what @param {number} side @param {number} start */
  const join = (key, family, what, side, start) => {
    const known = open.get(key);
    const over = known !== undefined && (known.ends[side] !== undefined || known.ends.every((end) => end?.closed !== undefined));
    /** @type {Life} */
    const life = known === undefined || over ? { key, family, ends: [undefined, undefined], start } : known;
    if (life !== known) {
      open.set(key, life);
      lives.push(life);
    }
    life.ends[side] = what;
    what.mates = life;
    what.side = side;
    life.start = side === 0 ? start : life.start;
  };
  /** @param {string} one @param {string} other */
  const unixKey = (one, other) => {
    const [a, b] = [one.toLowerCase(), other.toLowerCase()].sort();
    return `unix:${a}-${b}`;
  };
  /** @param {string} tuple */
  const keyOf = (tuple) => {
    const unix = /^([0-9a-f]{6,})->([0-9a-f]{6,})/.exec(tuple);
    if (unix?.[1] !== undefined && unix[2] !== undefined) return { key: unixKey(unix[1], unix[2]), family: 'unix-stream' };
    const inet = /^(\S+:\d+)->(\S+:\d+)/.exec(tuple);
    if (inet?.[1] === undefined || inet[2] === undefined) return undefined;
    const bare = (/** @type {string} */ end) => end.replace(/^::ffff:(?=\d+\.)/, '');
    return { key: `tcp:${bare(inet[1])}->${bare(inet[2])}`, family: 'tcp' };
  };

  for (const [numText = '', timeText = '', tidText = '', pidText = '', dir = '', type = '', typechar = '', args = ''] of rows) {
    const num = Number(numText);
    const time = BigInt(timeText);
    const tid = Number(tidText);
    const pid = tableOf.get(tid) ?? (Number(pidText) > 0 ? Number(pidText) : tid);
    if (type === 'switch' || type === 'signaldeliver' || type === 'page_fault') continue;
    processOf.set(tid, pid);
    const find = (/** @type {number | undefined} */ fd) => (fd === undefined ? undefined : table(pid).get(fd)?.what);
    if (type === 'procexit') {
      const group = threads.get(pid);
      group?.delete(tid);
      if (group === undefined || group.size === 0) {
        for (const [, { what }] of table(pid)) release(what, num, time, 'exit');
        tables.delete(pid);
      }
      tableOf.delete(tid);
      pending.delete(tid);
      continue;
    }
    if (dir === '>') {
      const fd = number(args, type === 'splice' ? 'fd_in' : type === 'sendfile' ? 'in_fd' : type === 'copy_file_range' ? 'fdin' : 'fd');
      const second = number(args, type === 'splice' ? 'fd_out' : type === 'sendfile' ? 'out_fd' : 'none');
      pending.set(tid, { type, args, num, time, what: find(fd), second: find(second), fd });
      continue;
    }
    const isExec = type === 'execve' || type === 'execveat';
    const begun = pending.get(tid);
    pending.delete(tid);
    const enter = begun !== undefined && (begun.type === type || (isExec && begun.type.startsWith('execve'))) ? begun : undefined;
    const result = number(args, 'res') ?? number(args, 'fd');
    if (result === undefined) continue;
    const errno = /^(?:res|fd)=-\d+\(([A-Z0-9]+)\)/.exec(args)?.[1] ?? '';
    let what = enter?.what;
    if (enter !== undefined && what === undefined && enter.fd !== undefined && errno !== 'EBADF' && (readCalls.has(type) || writeCalls.has(type) || type === 'dup')) {
      const back = suspended.get(`${pid}:${enter.fd}`);
      if (back !== undefined && table(pid).get(enter.fd) === undefined) {
        put(pid, enter.fd, back, false, false, num, time);
        what = back;
        back.closed = undefined;
      }
    }
    if (readCalls.has(type) || writeCalls.has(type)) {
      if (what !== undefined && enter !== undefined) moved(what.sum, writeCalls.has(type), type, result, errno, enter, num);
      if (what?.family === 'datagram' && enter !== undefined) {
        const writes = writeCalls.has(type);
        const tuple = / tuple=(.*)$/.exec(writes ? enter.args : args)?.[1] ?? 'NULL';
        if (tuple.trim() !== 'NULL' && result >= 0) learn(what, endsOf(tuple, writes, what.domain));
        const name = result >= 0 || what.remote !== '' ? `${what.own}|${what.remote}` : '|';
        const sum = what.remotes.get(name) ?? emptySum();
        what.remotes.set(name, sum);
        moved(sum, writes, type, result, errno, enter, num);
      }
      if (enter === undefined && result >= 0 && / tuple=\S+:\d+->/.test(args)) {
        // It began before the capture; the addresses say that it is a socket, whatever sysdig takes it for.
        const sum = older.get('udp') ?? emptySum();
        older.set('udp', sum);
        moved(sum, false, type, result, errno, { num: -1, time: 0n }, num);
        continue;
      }
      const letter = typechar.endsWith('udp') ? 'udp' : (typechar[0] ?? '');
      if (what === undefined && ['u', 'p', '4', '6', 'udp'].includes(letter) && errno !== 'EBADF') {
        const sum = older.get(letter) ?? emptySum();
        older.set(letter, sum);
        moved(sum, writeCalls.has(type), type, result, errno, { num: -1, time: 0n }, num);
      }
    } else if (type === 'sendfile' || type === 'splice' || type === 'copy_file_range') {
      if (enter !== undefined) {
        const to = enter.second ?? (type === 'copy_file_range' ? find(number(args, 'fdout')) : undefined);
        if (what !== undefined) moved(what.sum, false, type, result, errno, enter, num);
        if (to !== undefined) moved(to.sum, true, type, result, errno, enter, num);
      }
    } else if (type === 'connect' && result < 0 && !['EINPROGRESS', 'EISCONN', 'EALREADY'].includes(errno)) {
      if (what?.family === 'socket' || what?.family === 'datagram') refused.push(`${num} ${result}`);
    } else if (result < 0 && !(type === 'connect' && errno === 'EINPROGRESS')) {
      continue;
    } else if (type === 'socket') {
      openBelow(pid, result, num, time);
      const flags = number(enter?.args ?? '', 'type') ?? 0;
      const domain = number(enter?.args ?? '', 'domain');
      if (domain === 1 || domain === 2 || domain === 10) {
        const kind = flags & 15;
        const stream = kind === 1 || kind === 5;
        const made = make(stream ? 'socket' : 'datagram');
        made.domain = domain;
        if (!stream) datagrams.add(made);
        put(pid, result, made, (flags & 0x80000) !== 0, false, num, time);
      } else {
        const old = table(pid).get(result);
        if (old !== undefined) release(old.what, num, time, 'replaced');
        table(pid).delete(result);
      }
    } else if (type === 'connect') {
      const tuple = keyOf(/tuple=(.*)$/.exec(args)?.[1] ?? '');
      if (what?.family === 'socket' && tuple !== undefined && what.mates === undefined) {
        join(tuple.key, tuple.family, what, 0, enter?.num ?? num);
        what.connect = [enter?.num ?? -1, num, result];
      } else if (what?.family === 'datagram') {
        const printed = /tuple=(.*)$/.exec(args)?.[1] ?? 'NULL';
        if (printed.trim() !== 'NULL') learn(what, endsOf(printed, true, what.domain, true));
      }
    } else if (type === 'getsockopt' && / optname=4\(SO_ERROR\) val=-?\d+\((?!SUCCESS)[A-Z]/.test(args)) {
      // A connect that was under way has failed: no life began.
      const own = find(number(args, 'fd'));
      if (own?.mates !== undefined && own.mates.ends[1] === undefined && own.sum.written + own.sum.read === 0) {
        lives.splice(lives.indexOf(own.mates), 1);
        refused.push(`${own.connect?.[1]} -${Math.abs(number(args, 'val') ?? 0)}`);
      }
    } else if (type === 'accept') {
      const tuple = keyOf(/tuple=(.*?)(?: queuepct=.*)?$/.exec(args)?.[1] ?? '');
      openBelow(pid, result, num, time);
      const made = make('socket');
      put(pid, result, made, false, true, num, time);
      if (tuple !== undefined) {
        join(tuple.key, tuple.family, made, 1, num);
        made.accept = [enter?.num ?? -1, num];
      }
    } else if (type === 'socketpair' || type === 'pipe') {
      const [fd1, fd2] = [number(args, 'fd1'), number(args, 'fd2')];
      openBelow(pid, fd1 ?? 0, num, time);
      const cloexec = ((number(enter?.args ?? '', 'type') ?? 0) & 0x80000) !== 0;
      const addresses = / source=([0-9A-F]+) peer=([0-9A-F]+)/.exec(args);
      const key = type === 'pipe' ? `pipe:${number(args, 'ino')}` : unixKey(addresses?.[1] ?? '', addresses?.[2] ?? '');
      const made = [make(type), make(type)];
      open.delete(key);
      made.forEach((one, side) => {
        put(pid, (side === 0 ? fd1 : fd2) ?? -1, one, cloexec, type === 'pipe', num, time);
        join(key, type, one, side, num);
      });
    } else if (type === 'dup' || (type === 'fcntl' && /cmd=\d+\(F_DUPFD/.test(enter?.args ?? ''))) {
      if (what !== undefined && enter?.fd !== result) put(pid, result, what, (enter?.args ?? '').includes('CLOEXEC'), false, num, time);
      else if (what === undefined) {
        // It is open on something that is older than the capture; sysdig may go on with what it was.
        if (table(pid).has(result) && enter?.fd !== result) put(pid, result, make('unknown'), false, false, num, time);
      }
    } else if (type === 'fcntl' && /cmd=\d+\(F_SETFD\)/.test(enter?.args ?? '')) {
      const slot = enter?.fd === undefined ? undefined : table(pid).get(enter.fd);
      if (slot !== undefined && (enter?.fd ?? 0) > 2 && !slot.cloexec) slot.maybe = true;
      else if (slot !== undefined && (enter?.fd ?? 0) <= 2) slot.cloexec = slot.maybe = false;
    } else if (['open', 'openat', 'openat2', 'creat', 'eventfd', 'signalfd', 'timerfd_create', 'inotify_init', 'open_by_handle_at'].includes(type)) {
      openBelow(pid, result, num, time);
      const old = table(pid).get(result);
      if (old !== undefined) release(old.what, num, time, 'replaced');
      table(pid).delete(result);
      suspended.delete(`${pid}:${result}`);
      // A pipe opened once more by its number.
      const again = / name=\/proc\/self\/fd\/(\d+)[ (]/.exec(args)?.[1];
      const target = again === undefined ? undefined : find(Number(again));
      if (target?.family === 'pipe') {
        const wanted = args.includes('O_WRONLY') ? 1 : args.includes('O_RDONLY') ? 0 : target.side;
        put(pid, result, target.mates?.ends[wanted] ?? target, args.includes('O_CLOEXEC'), false, num, time);
      }
    } else if (type === 'close') {
      const slot = enter?.fd === undefined ? undefined : table(pid).get(enter.fd);
      if (slot !== undefined && enter?.fd !== undefined && slot.what === what) {
        table(pid).delete(enter.fd);
        release(slot.what, num, time, 'close');
      }
    } else if (clones.has(type)) {
      const flags = number(args, 'flags') ?? 0;
      const isThread = (flags & 0x2000) !== 0 || args.includes('CLONE_THREAD');
      if (result > 0) {
        if (isThread) continue;
        if (args.includes('CLONE_FILES')) continue;
        // With CLONE_PARENT the child names the caller's parent as its own.
        const parent = /CLONE_PARENT[|)]/.test(args) ? number(args, 'ptid') : tid;
        // The table as it is now goes to the child, whose number may be one of its own namespace.
        if (!snapshots.has(`done:${parent}:${result}`)) {
          snapshots.set(`${parent}:${result}`, copyOf(table(pid)));
        }
        snapshots.delete(`done:${parent}:${result}`);
      } else {
        const [own, ptid, vtid] = [tid, number(args, 'ptid') ?? -1, number(args, 'vtid') ?? tid];
        const group = number(args, 'pid') ?? own;
        parentOf.set(own, ptid);
        if (isThread || group !== own) {
          // sysdig takes a thread for a process of its own where clone3's flags were not recorded.
          tableOf.set(own, group);
          continue;
        }
        tableOf.delete(own);
        const name = [`${ptid}:${own}`, `${ptid}:${vtid}`].find((key) => snapshots.has(key)) ?? [...snapshots.keys()].reverse().find((key) => key.endsWith(`:${vtid}`) && !key.startsWith('done'));
        if (name !== undefined) {
          tables.set(own, snapshots.get(name) ?? emptyTable());
          snapshots.delete(name);
        } else if (args.includes('CLONE_FILES')) {
          tableOf.set(own, ptid);
        } else {
          // With CLONE_PARENT the caller is a sibling, still in its call.
          const sibling = /CLONE_PARENT[|)]/.test(args) ? [...pending].reverse().find(([caller, { type: call }]) => clones.has(call) && parentOf.get(caller) === ptid)?.[0] : undefined;
          const caller = sibling ?? ptid;
          tables.set(own, copyOf(table(tableOf.get(caller) ?? processOf.get(caller) ?? caller)));
          snapshots.set(`done:${ptid}:${own}`, emptyTable());
          if (vtid !== own) snapshots.set(`done:${ptid}:${vtid}`, emptyTable());
        }
        threads.set(own, threads.get(own) ?? new Set([own]));
      }
    } else if (isExec) {
      if (tableOf.has(tid)) {
        tableOf.delete(tid);
        tables.set(tid, copyOf(table(pid)));
      }
      const own = tableOf.get(tid) ?? (Number(pidText) > 0 ? Number(pidText) : tid);
      for (const [fd, slot] of [...table(own)]) {
        if (!slot.cloexec && !slot.maybe) continue;
        table(own).delete(fd);
        release(slot.what, num, time, 'exec');
        if (!slot.cloexec) suspended.set(`${own}:${fd}`, slot.what);
      }
    }
  }
  return { lives, refused, older, datagrams };
}

/**
 * Own and remote address of a datagram, as the key of a conversation has them.
 * @param {string} tuple
 * @param {boolean} writes
 * @param {number} domain
 * @param {boolean} [connects] connect prints a unix receiver first.
 * @returns {[string, string]}
 */
function endsOf(tuple, writes, domain, connects = false) {
  const [left = '', right = ''] = tuple.trim().split('->');
  if (domain === 1) {
    const [own = '', ...path] = right.split(' ');
    return connects || writes ? [own, path.join(' ')] : [left, path.join(' ')];
  }
  const bare = (/** @type {string} */ end) => end.replace(/^::ffff:(?=\d+\.)/, '');
  return writes ? [bare(left), bare(right)] : [bare(right), bare(left)];
}

/**
 * The addresses of a datagram socket as the last call printed them. A port that it did not know before was its own all along.
 * @param {Description} what
 * @param {[string, string]} ends
 */
function learn(what, [own, remote]) {
  const before = `${what.own}|${what.remote}`;
  const sum = what.remotes.get(before);
  if (unnamed(what.own) && !unnamed(own) && what.remote === remote && sum !== undefined) {
    what.remotes.delete(before);
    what.remotes.set(`${own}|${remote}`, sum);
  }
  what.own = own;
  what.remote = remote;
}

/** @param {string} end */
const unnamed = (end) => /^(0\.0\.0\.0|::):0$/.test(end);

/** @param {Sum} sum @param {boolean} writes @param {string} call @param {number} result @param {string} errno @param {{ num: number, time: bigint }} enter @param {number} exit */
function moved(sum, writes, call, result, errno, enter, exit) {
  if (writes) sum.writes += 1;
  else sum.reads += 1;
  if (result >= 0) {
    if (writes) sum.written += result;
    else sum.read += result;
  } else if (!retries.has(errno)) {
    if (writes) sum.failedWrites += 1;
    sum.failures.push({ call, enter: enter.num, exit, errno, time: Number(enter.time) });
  }
}

/**
 * @param {string} bin
 * @param {string} capture
 * @returns {Promise<{ compared: number, differences: string[] }>}
 */
export async function compare(bin, capture) {
  const { lives, refused, older, datagrams } = await truth(capture);
  /** @type {Map<string, Line[]>} */
  const ours = new Map();
  /** @type {string[]} */
  const failed = [];
  for await (const text of lines(bin, ['conversations', '--json', capture])) {
    /** @type {unknown} */
    const parsed = JSON.parse(text);
    const object = /** @type {Line} */ (parsed);
    if (object.life !== null) ours.set(object.key, [...(ours.get(object.key) ?? []), object]);
    else if (object.connect !== null) failed.push(`${object.connect.exit} ${object.connect.res}`);
  }
  /** @type {Map<string, Life[]>} */
  const theirs = new Map();
  for (const life of lives) theirs.set(life.key, [...(theirs.get(life.key) ?? []), life]);
  /** @type {string[]} */
  const differences = [];
  let compared = 0;
  for (const [key, expected] of theirs) {
    const found = (ours.get(key) ?? []).filter((one) => one.start !== null);
    if (found.length !== expected.length) {
      differences.push(`${key}: ${found.length} lives, expected ${expected.length} (from ${expected.map((life) => life.start).join(' ')}; found ${found.map((one) => one.start).join(' ')})`);
      continue;
    }
    expected.sort((a, b) => a.start - b.start).forEach((life, at) => {
      compared += 1;
      const mine = found[at];
      if (mine === undefined) return;
      /** @param {string} what @param {unknown} have @param {unknown} want */
      const check = (what, have, want) => {
        if (JSON.stringify(have) !== JSON.stringify(want)) differences.push(`${key}~${mine.life}: ${what} is ${JSON.stringify(have)}, expected ${JSON.stringify(want)}`);
      };
      check('start', mine.start, life.start);
      for (const side of /** @type {const} */ ([0, 1])) {
        const end = life.ends[side];
        if (end === undefined) continue;
        const [out, back] = side === 0 ? mine.dir : [mine.dir[1], mine.dir[0]];
        const close = mine.close[side] ?? null;
        check(`end ${side} writes`, [out.write_calls, out.written, out.failed_writes], [end.sum.writes, end.sum.written, end.sum.failedWrites]);
        check(`end ${side} reads`, [back.read_calls, back.read], [end.sum.reads, end.sum.read]);
        check(`end ${side} close`, close === null ? null : [close.exit, close.how], end.closed === undefined ? null : [end.closed.exit, end.closed.how]);
        const failures = mine.failures.filter((one) => one.side === side);
        check(`end ${side} failures`, failures.map((one) => [one.call, one.enter, one.exit, one.errno]), end.sum.failures.map((one) => [one.call, one.enter, one.exit, one.errno]));
        for (const failure of failures) {
          const peer = life.ends[1 - side]?.closed;
          if (!['EPIPE', 'ECONNRESET'].includes(failure.errno) || peer === undefined || failure.exit === null || peer.exit > failure.exit) continue;
          check(`cause of ${failure.exit}`, failure.cause_evts.at(-1), peer.exit);
        }
      }
    });
  }
  compared += compareRefused(failed, refused, differences);
  for (const [key, found] of ours) {
    const began = found.filter((one) => one.start !== null && !['udp', 'unix-dgram'].includes(one.family));
    if (began.length > 0 && !theirs.has(key)) differences.push(`${key}: not expected at all (from ${began[0]?.start})`);
  }
  compared += compareDatagrams([...ours.values()].flat(), datagrams, differences);
  // A socket of a server of datagrams may be older than what its clients sent: all that is UDP counts.
  const udp = older.get('udp') ?? emptySum();
  for (const { domain, sum } of datagrams) {
    if (domain === 1) continue;
    udp.writes += sum.writes;
    udp.written += sum.written;
    udp.reads += sum.reads;
    udp.read += sum.read;
  }
  older.set('udp', udp);
  compareOlder([...ours.values()].flat(), older, differences);
  return { compared, differences };
}

/**
 * @param {string[]} ours
 * @param {string[]} theirs
 * @param {string[]} differences
 */
function compareRefused(ours, theirs, differences) {
  const [have, want] = [new Set(ours), new Set(theirs)];
  for (const one of want) if (!have.has(one)) differences.push(`a failed connect is missing: ${one}`);
  for (const one of have) if (!want.has(one)) differences.push(`a failed connect is not expected: ${one}`);
  return want.size;
}

/** @param {Sum} sum */
const figures = (sum) => `${sum.writes} ${sum.written} ${sum.failedWrites} ${sum.reads} ${sum.read}`;

/**
 * What each datagram socket exchanged with each remote end. Where a socket did not know its own port, its peer's tuples
 * name the conversation, so the figures alone are compared.
 * @param {Line[]} ours
 * @param {Set<Description>} datagrams
 * @param {string[]} differences
 */
function compareDatagrams(ours, datagrams, differences) {
  /** @type {Map<string, string[]>} */
  const have = new Map();
  /** @param {string} key @param {string} text */
  const add = (key, text) => have.set(key, [...(have.get(key) ?? []), text]);
  for (const { family, key, start, ends, dir } of ours) {
    if (start === null) continue;
    const [there, back] = dir;
    const one = `${there.write_calls} ${there.written} ${there.failed_writes} ${back.read_calls ?? 0} ${back.read ?? 0}`;
    const other = `${back.write_calls} ${back.written} ${back.failed_writes} ${there.read_calls} ${there.read}`;
    if (family === 'unix-dgram') add(key, one);
    if (family !== 'udp') continue;
    if (ends[0].length > 0) add(key.slice(4), one);
    if (ends[1].length > 0) add(key.slice(4), other);
  }
  let compared = 0;
  for (const { domain, remotes } of datagrams) {
    for (const [name, sum] of remotes) {
      const [own = '', remote = ''] = name.split('|');
      if (remote === '' || (domain === 1 && sum.writes === 0)) continue;
      const keys = domain === 1 ? [`unixdgram:${own}->${remote}`] : [`${own}-${remote}`, `${remote}-${own}`];
      const wanted = figures(sum);
      const key = unnamed(own) || remote.startsWith('0.0.0.0:') || own.startsWith('0.0.0.0:') ? [...have].find(([, all]) => all.includes(wanted))?.[0] : keys.find((one) => have.get(one)?.includes(wanted));
      compared += 1;
      if (key === undefined) differences.push(`${keys[0]}: ${wanted} expected, found ${keys.flatMap((one) => have.get(one) ?? []).join(', ') || 'nothing'}`);
      else have.get(key)?.splice(have.get(key)?.indexOf(wanted) ?? 0, 1);
    }
  }
  return compared;
}

/** @param {Map<string, Sum>} have @param {DirectionLine} there */
function receivedByOlder(have, there) {
  const sum = have.get('u') ?? emptySum();
  have.set('u', sum);
  sum.reads += there.read_calls ?? 0;
  sum.read += there.read ?? 0;
}

/**
 * @param {Line[]} ours
 * @param {Map<string, Sum>} older
 * @param {string[]} differences
 */
function compareOlder(ours, older, differences) {
  const letters = { 'unix-stream': 'u', 'unix-dgram': 'u', socketpair: 'u', pipe: 'p', fifo: 'p', tcp: '4', udp: 'udp' };
  /** @type {Map<string, Sum>} */
  const have = new Map();
  for (const { family, key, start, dir } of ours) {
    if (start !== null && family !== 'udp') {
      // Of datagrams the sender is new, the receiver perhaps not.
      if (family === 'unix-dgram') receivedByOlder(have, dir[0]);
      continue;
    }
    const letter = family !== 'udp' && /:.*:.*:.*:/.test(key) ? '6' : letters[/** @type {keyof typeof letters} */ (family)];
    const sum = have.get(letter) ?? emptySum();
    have.set(letter, sum);
    for (const one of dir) {
      sum.writes += one.write_calls ?? 0;
      sum.written += one.written ?? 0;
      sum.reads += one.read_calls ?? 0;
      sum.read += one.read ?? 0;
    }
  }
  for (const letter of new Set([...have.keys(), ...older.keys()])) {
    const [mine, theirs] = [have.get(letter) ?? emptySum(), older.get(letter) ?? emptySum()];
    theirs.failedWrites = mine.failedWrites;
    if (figures(mine) !== figures(theirs)) differences.push(`older than the capture, kind ${letter}: ${figures(mine)}, expected ${figures(theirs)}`);
  }
}

/**
 * Compares every classic sample of the project.
 * @param {string} bin
 * @returns {Promise<{ passed: number, failed: number, output: string }>}
 */
export async function checkConversations(bin) {
  const folder = fileURLToPath(new URL('../public/samples/', import.meta.url));
  const result = { passed: 0, failed: 0, output: '' };
  for (const name of readdirSync(folder).filter((name) => name.includes('kmod'))) {
    const { compared, differences } = await compare(bin, join(folder, name));
    if (differences.length === 0 && compared > 0) result.passed += 1;
    else result.failed += 1;
    result.output += differences.map((difference) => `${name}: ${difference}\n`).join('');
  }
  return result;
}

if (process.argv[1] !== undefined && basename(process.argv[1]) === 'conversation-truth.mjs') {
  const args = process.argv.slice(2);
  const at = args.indexOf('--bin');
  const bin = at === -1 ? 'scapscope' : (args.splice(at, 2)[1] ?? 'scapscope');
  let failed = 0;
  for (const capture of args) {
    const { compared, differences } = await compare(bin, capture);
    console.log(`${basename(capture)}: ${compared} conversations compared, ${differences.length} differences`);
    for (const difference of differences.slice(0, 40)) console.log(`  ${difference}`);
    failed += differences.length;
  }
  process.exitCode = failed === 0 ? 0 : 1;
}
