export interface DumpLine {
  readonly offset: string;
  readonly hex: string;
  readonly text: string;
}

/** Bytes as lines of hex and ascii, `width` bytes each. */
export function hexDump(bytes: Uint8Array, width: number): readonly DumpLine[] {
  const digits = Math.max(4, bytes.length === 0 ? 4 : (bytes.length - 1).toString(16).length);
  const lines: DumpLine[] = [];
  for (let at = 0; at < bytes.length; at += width) {
    const part = bytes.subarray(at, at + width);
    const pairs = Array.from(part, (byte) => byte.toString(16).padStart(2, '0'));
    if (pairs.length > 8) pairs.splice(8, 0, '');
    lines.push({
      offset: at.toString(16).padStart(digits, '0'),
      hex: pairs.join(' ').padEnd(width * 3 - 1 + (width > 8 ? 1 : 0)),
      text: Array.from(part, (byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join(''),
    });
  }
  return lines;
}
