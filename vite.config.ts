import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';
import { contentSecurityPolicy, securityHeaders } from './server/headers.ts';

/** Lets the dev server's own inline tags (React refresh, style elements) through the policy; they do not exist in a build. */
const devNonce = 'dev-server';

/** Static hosts send no headers of ours, so the built page carries its policy itself. */
function policyInPage(): Plugin {
  return {
    name: 'policy-in-page',
    apply: 'build',
    transformIndexHtml: () => [
      {
        tag: 'meta',
        attrs: { 'http-equiv': 'Content-Security-Policy', content: contentSecurityPolicy({ inPage: true }) },
        injectTo: 'head-prepend',
      },
    ],
  };
}

export default defineConfig(({ command }) => ({
  // Relative addresses: the build works under any path of any static host.
  base: './',
  plugins: [react(), policyInPage()],
  worker: { format: 'es' },
  build: {
    target: ['chrome120', 'firefox121', 'safari17'],
    // The policy allows no data: scripts, styles or fonts, so nothing is inlined.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: true,
    manifest: true,
  },
  html: command === 'serve' ? { cspNonce: devNonce } : {},
  server: {
    host: process.env['HOST'] ?? '127.0.0.1',
    port: Number(process.env['PORT'] ?? 8080),
    strictPort: true,
    headers: securityHeaders({ nonce: devNonce }),
    // Compiler output is large and changes often; the toolchain script rebuilds the engine on its own.
    watch: { ignored: ['**/wasm/target/**', '**/.cache/**', '**/build/**'] },
  },
}));
