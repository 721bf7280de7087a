/** Builds the page into `dist/` and the server into `build/server/`. */
import { createReadStream, createWriteStream, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { constants, createBrotliCompress, createGzip } from 'node:zlib';
import { filesUnder, hashOf, unlessDone } from './stamps.mjs';
import { root, run, step } from './steps.mjs';

const inputs = [
  'index.html', 'app', 'workers', 'public', 'wasm/pkg', 'vite.config.ts', 'server/headers.ts',
  'package-lock.json', 'tsconfig.base.json', 'tsconfig.app.json', 'tsconfig.workers.json', 'scripts/page.mjs',
];

export function buildPage() {
  return unlessDone({
    stamp: '.cache/stamps/page',
    hash: () => hashOf(inputs),
    products: ['dist/index.html'],
    work: async () => {
      await step('Building the page', () => run([process.execPath, bin('vite'), 'build', '--logLevel', 'warn'], { env: { NODE_ENV: 'production' } }));
      await step('Compressing it', compress);
    },
  });
}

/** Node 20 does not run TypeScript: the server is compiled file by file. */
export function buildServer() {
  return unlessDone({
    stamp: '.cache/stamps/server',
    hash: () => hashOf(['server', 'tsconfig.base.json', 'tsconfig.node.json', 'tsconfig.server.json', 'package-lock.json']),
    products: ['build/server/main.js'],
    work: () =>
      step('Building the server', async () => {
        rmSync(join(root, 'build', 'server'), { recursive: true, force: true });
        await run([process.execPath, bin('typescript', 'tsc'), '-p', 'tsconfig.server.json']);
      }),
  });
}

/**
 * A command of an npm package.
 * @param {string} name
 * @param {string} [command]
 */
export function bin(name, command = name) {
  /** @type {Record<string, string>} */
  const files = { vite: 'bin/vite.js', tsc: 'bin/tsc', eslint: 'bin/eslint.js', vitest: 'vitest.mjs', playwright: 'cli.js' };
  return join(root, 'node_modules', name, files[command] ?? command);
}

/** Text and wasm, each with a brotli and a gzip copy beside it, so that the server never compresses while it serves. */
async function compress() {
  const files = filesUnder('dist').filter((name) => /\.(css|html|js|json|svg|wasm|webmanifest)$/.test(name));
  // Each stream works on a thread of its own.
  await Promise.all(
    files.flatMap((name) => {
      const file = join(root, name);
      const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 10, [constants.BROTLI_PARAM_SIZE_HINT]: statSync(file).size } };
      return [
        pipeline(createReadStream(file), createGzip({ level: 9 }), createWriteStream(`${file}.gz`)),
        pipeline(createReadStream(file), createBrotliCompress(quality), createWriteStream(`${file}.br`)),
      ];
    }),
  );
}
