import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{app,workers,server,scripts}/**/*.test.{ts,tsx,mjs}'],
    environment: 'node',
  },
});
