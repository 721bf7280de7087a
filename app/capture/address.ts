/** Addresses that a link may bring for a capture. */

/** Whether it names a sample, which lies beside the page. */
export function isSample(src: string): boolean {
  return /^samples\/[\w-][\w.-]{0,120}$/.test(src);
}

/** Longest address that is taken from a link. */
const maxAddress = 2048;

/** The address if it is one that a capture may be loaded from: https, and no password for others to see. */
export function remoteAddress(raw: string): string | undefined {
  if (raw.length > maxAddress || !URL.canParse(raw)) return undefined;
  const url = new URL(raw);
  if (url.protocol !== 'https:' || url.username !== '' || url.password !== '') return undefined;
  url.hash = '';
  return url.href;
}
