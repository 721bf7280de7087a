/**
 * Makes a long capture of a shorter one: all its blocks, then its events again and again, each copy as much later as the
 * original lasts. It reads the original once for each copy and keeps no more than a piece of it.
 *
 *   node bench/repeat.mjs FROM.scap COPIES TO.scap
 */
import { createWriteStream, openSync, closeSync, readSync, fstatSync } from 'node:fs';
import { once } from 'node:events';
import { pathToFileURL } from 'node:url';

const pieceBytes = 8 << 20;
/** Where the time stands in an event block of each type: behind type, length and cpu, and in newer ones the flags. */
const timeAt = new Map([[0x204, 10], [0x208, 14], [0x216, 10], [0x217, 14], [0x221, 10], [0x222, 14]]);

/** @param {bigint} ts */
const isTime = (ts) => ts !== 0n && ts !== 0xffff_ffff_ffff_ffffn;

/**
 * Calls `take` with each whole block of a little-endian capture, piece by piece.
 * @param {string} path
 * @param {(piece: Buffer, from: number, length: number, type: number) => void} take
 * @param {(piece: Buffer) => Promise<void>} [done] called when all blocks of a piece have been taken
 */
async function eachBlock(path, take, done) {
  const handle = openSync(path, 'r');
  try {
    const { size } = fstatSync(handle);
    const piece = Buffer.allocUnsafe(pieceBytes);
    for (let offset = 0; offset < size; ) {
      const filled = readSync(handle, piece, 0, pieceBytes, offset);
      let from = 0;
      while (from + 8 <= filled) {
        const length = piece.readUInt32LE(from + 4);
        if (length < 12 || from + length > filled) break;
        take(piece, from, length, piece.readUInt32LE(from));
        from += length;
      }
      if (from === 0) throw new Error(`${path} has no whole block at ${offset}`);
      await done?.(piece);
      offset += from;
    }
  } finally {
    closeSync(handle);
  }
}

/**
 * @param {string} from
 * @param {number} copies
 * @param {string} to
 */
export async function repeat(from, copies, to) {
  let first = 0n;
  let last = 0n;
  await eachBlock(from, (piece, at, _length, type) => {
    const place = timeAt.get(type);
    if (place === undefined) return;
    const ts = piece.readBigUInt64LE(at + place);
    if (!isTime(ts)) return;
    if (first === 0n) first = ts;
    last = ts;
  });
  const output = createWriteStream(to);
  for (let copy = 0; copy < copies; copy++) {
    const shift = BigInt(copy) * (last - first + 1000n);
    let kept = 0;
    await eachBlock(
      from,
      (piece, at, length, type) => {
        const place = timeAt.get(type);
        if (place === undefined && copy > 0) return;
        if (place !== undefined) {
          const ts = piece.readBigUInt64LE(at + place);
          if (isTime(ts)) piece.writeBigUInt64LE(ts + shift, at + place);
        }
        piece.copyWithin(kept, at, at + length);
        kept += length;
      },
      async (piece) => {
        const bytes = Buffer.from(piece.subarray(0, kept));
        kept = 0;
        if (!output.write(bytes)) await once(output, 'drain');
      },
    );
  }
  output.end();
  await once(output, 'finish');
}

const [, script, from, copies, to] = process.argv;
if (script !== undefined && import.meta.url === pathToFileURL(script).href) {
  if (from === undefined || to === undefined || !(Number(copies) > 0)) {
    console.error('Usage: node bench/repeat.mjs FROM.scap COPIES TO.scap');
    process.exitCode = 2;
  } else {
    await repeat(from, Number(copies), to);
  }
}
