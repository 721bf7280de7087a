import { beforeAll, expect, it, vi } from 'vitest';

// The module reads the platform once, and the commands read the page when they run.
beforeAll(() => vi.stubGlobal('navigator', { platform: 'Linux x86_64' }));

const key = (name: string, held: Partial<KeyboardEvent> = {}) => ({ key: name, ctrlKey: false, metaKey: false, shiftKey: false, ...held });

it('names keys by what they mean, with one word for Ctrl and ⌘', async () => {
  const { keyName } = await import('./keys');
  expect(keyName(key('j'))).toBe('j');
  expect(keyName(key('E', { shiftKey: true }))).toBe('E');
  expect(keyName(key('?', { shiftKey: true }))).toBe('?');
  expect(keyName(key('k', { ctrlKey: true }))).toBe('Mod+k');
  expect(keyName(key('K', { metaKey: true, shiftKey: true }))).toBe('Mod+k');
  expect(keyName(key('ArrowDown', { shiftKey: true }))).toBe('Shift+ArrowDown');
});

it('no two commands want the same key, and none wants a key twice', async () => {
  const { commands } = await import('./commands');
  const keys = commands.flatMap((command) => command.keys);
  expect(new Set(keys).size).toBe(keys.length);
  expect(new Set(commands.map((command) => command.id)).size).toBe(commands.length);
});
