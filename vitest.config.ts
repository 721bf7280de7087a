import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{app,workers,server,scripts}/**/*.test.{ts,tsx,mjs}'],
    environment: 'node',
    // Ends what hangs; how busy the machine is must not decide a test.
    testTimeout: 60_000,
  },
});
