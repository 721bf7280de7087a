/** Filters that were applied before, the newest first, kept in this browser. */

const key = 'scapscope.filters';
const mostKept = 50;
/** Longer ones are not worth their room. */
const longestKept = 4096;

/** What is stored may be anything: it is read as far as it makes sense. */
function parse(stored: string | null): readonly string[] {
  if (stored === null) return [];
  try {
    const value: unknown = JSON.parse(stored);
    return Array.isArray(value) ? value.filter((one) => typeof one === 'string').slice(0, mostKept) : [];
  } catch {
    return [];
  }
}

export function filterHistory(): readonly string[] {
  try {
    return parse(localStorage.getItem(key));
  } catch {
    // The browser keeps nothing for this page.
    return [];
  }
}

export function rememberFilter(filter: string): void {
  if (filter === '' || filter.length > longestKept) return;
  const kept = [filter, ...filterHistory().filter((one) => one !== filter)].slice(0, mostKept);
  try {
    localStorage.setItem(key, JSON.stringify(kept));
  } catch {
    // Without a history everything else works.
  }
}
