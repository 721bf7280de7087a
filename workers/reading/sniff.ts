const packings: readonly (readonly number[])[] = [
  [0x1f, 0x8b], // gzip
  [0x28, 0xb5, 0x2f, 0xfd], // zstd
  [0x04, 0x22, 0x4d, 0x18], // lz4
];

/** Bytes of a file's start that tell whether it is packed. */
export const headLength = 4;

/** Whether a file has to be inflated: how it is read depends on its content, never on its name. */
export function isPacked(head: Uint8Array): boolean {
  return packings.some((magic) => magic.every((byte, at) => head[at] === byte));
}
