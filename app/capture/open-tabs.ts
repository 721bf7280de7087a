/** Which captures are open in this tab of the browser, and at which place, so that a reload brings all of them back. */
import type { Wish } from '../state/model';
import { openAgain } from './open';
import { recall } from './remembered';

/** One open capture. */
export interface OpenTab {
  readonly name: string;
  /** Its address. */
  readonly fragment: string;
  /** It was the one that was shown: the address bar leads to it. */
  readonly isActive: boolean;
}

/** A tab as the page knows it; the fragment is undefined while its place is not settled. */
export interface TabNow extends Omit<OpenTab, 'fragment'> {
  readonly fingerprint: string;
  readonly fragment: string | undefined;
}

/** Kept by the browser for as long as its tab lives, over reloads, and for no other tab. */
const storageKey = 'scapscope.tabs';

/** The last settled address of each capture, by fingerprint. */
const settled = new Map<string, string>();

/** Notes all open tabs, in order. */
export function keepOpenTabs(tabs: readonly TabNow[]): void {
  for (const { fingerprint, fragment } of tabs) if (fragment !== undefined) settled.set(fingerprint, fragment);
  const kept = tabs.flatMap(({ fingerprint, name, isActive }): OpenTab[] => {
    const fragment = settled.get(fingerprint);
    return fragment === undefined ? [] : [{ name, fragment, isActive }];
  });
  try {
    if (kept.length === 0) sessionStorage.removeItem(storageKey);
    else sessionStorage.setItem(storageKey, JSON.stringify(kept));
  } catch {
    // Storage is blocked: then a reload brings back what the address names, as a link does.
  }
}

function isOpenTab(value: unknown): value is OpenTab {
  const tab = value as Partial<Record<keyof OpenTab, unknown>> | null;
  return typeof tab === 'object' && typeof tab?.name === 'string' && typeof tab.fragment === 'string' && typeof tab.isActive === 'boolean';
}

/** The tabs that were open before the page was loaded. */
export function openTabs(): readonly OpenTab[] {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(storageKey) ?? '[]');
    return Array.isArray(kept) ? kept.filter(isOpenTab) : [];
  } catch {
    return [];
  }
}

/** Opens a capture again at its address without showing it; false when that needs the user. */
export async function restoreTab(fingerprint: string, fragment: string, wish: Wish, order: number): Promise<boolean> {
  settled.set(fingerprint, fragment);
  const capture = await recall(fingerprint);
  if (capture === undefined) return false;
  return (await openAgain(capture, false, { wish, order, behind: true })) === 'opened';
}
