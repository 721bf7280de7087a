/** First two bytes of a gzip member: how a file is read depends on its content, never on its name. */
export function isGzip(head: Uint8Array): boolean {
  return head[0] === 0x1f && head[1] === 0x8b;
}
