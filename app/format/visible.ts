/**
 * Characters that would hide, reorder or break what surrounds them: control characters, marks that turn the reading
 * direction, line separators, halves of surrogate pairs and everything that renders as nothing. Captured text is
 * hostile: a file name may hold any of them.
 */
const hidden = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

function stand(found: string): string {
  // Signs such as ␇ would be shorter, but few fonts have them.
  return `⟨U+${(found.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}⟩`;
}

/** `text` with every hidden character replaced by a visible sign. */
export function visible(text: string): string {
  return text.replace(hidden, stand);
}

/** Longest cell text that is put on the page; the inspector shows what is longer in full. */
export const maxCellText = 20_000;

/** Visible text of a cell, cut where no eye would follow. */
export function visibleCell(text: string): string {
  return text.length <= maxCellText ? visible(text) : `${visible(text.slice(0, maxCellText))}…`;
}
