/** Reads and writes the fragment of the address: `#v=1&…`. The spec is `docs/url.md`. */
import type { Field } from './field';
import { fields, type Link } from './fields';

export const currentVersion = 1;

/** Turns the parameters of version `index + 1` into those of the next one. Links outlive releases. */
const upgrades: readonly ((params: URLSearchParams) => URLSearchParams)[] = [];

export interface ParsedLink {
  readonly link: Link;
  /** Keys whose values made no sense; each of them fell back alone. */
  readonly rejected: readonly string[];
  /** The link was made by a later release: some of it may be lost. */
  readonly newer: boolean;
}

const entries = Object.entries(fields) as readonly (readonly [keyof Link, Field<unknown>])[];

/** Total: any text gives a link. */
export function parseFragment(hash: string): ParsedLink {
  let params = new URLSearchParams(hash.replace(/^#/, ''));
  const rejected: string[] = [];
  const stated = params.get('v') ?? String(currentVersion);
  const version = /^[1-9]\d{0,5}$/.test(stated) ? Number(stated) : undefined;
  if (version === undefined) rejected.push('v');
  for (const upgrade of upgrades.slice((version ?? currentVersion) - 1)) params = upgrade(params);
  const link: Partial<Record<keyof Link, unknown>> = {};
  for (const [name, field] of entries) {
    const raw = params.get(field.key);
    const value = raw === null ? field.fallback : field.parse(raw);
    if (value === undefined && raw !== null) rejected.push(field.key);
    link[name] = value ?? field.fallback;
  }
  // Every key of `Link` was just set from its own field.
  return { link: link as unknown as Link, rejected, newer: (version ?? 0) > currentVersion };
}

/** Commas, colons and slashes are allowed in a fragment and read better as they are. */
function encode(value: string): string {
  return encodeURIComponent(value).replace(/%2C/g, ',').replace(/%3A/g, ':').replace(/%2F/g, '/');
}

/** Fallbacks are left out; a link that says nothing is the empty text. */
export function formatFragment(link: Link): string {
  const parts: string[] = [];
  for (const [name, field] of entries) {
    const value = field.format(link[name]);
    if (value !== '' && value !== field.format(field.fallback)) parts.push(`${field.key}=${encode(value)}`);
  }
  return parts.length === 0 ? '' : `#v=${currentVersion}&${parts.join('&')}`;
}
