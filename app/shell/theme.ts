/** Light or dark: as the system has it, or as the user chose. */
const key = 'scapscope.theme';
const themes = ['system', 'light', 'dark'] as const;
type Theme = (typeof themes)[number];

function stored(): Theme {
  try {
    const value = localStorage.getItem(key);
    return themes.find((theme) => theme === value) ?? 'system';
  } catch {
    return 'system';
  }
}

function apply(theme: Theme): void {
  if (theme === 'system') document.documentElement.removeAttribute('data-theme');
  else document.documentElement.dataset['theme'] = theme;
}

export function startTheme(): void {
  apply(stored());
}

/** Takes the next of the three. */
export function nextTheme(): void {
  const next = themes[(themes.indexOf(stored()) + 1) % themes.length] ?? 'system';
  try {
    localStorage.setItem(key, next);
  } catch {
    // Not kept then, but shown.
  }
  apply(next);
}
