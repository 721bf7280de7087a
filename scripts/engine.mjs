/** Builds the engine: its wasm module with JavaScript glue, and its command for this machine. */
import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { nativeToolchain, wasmToolchain } from './rust.mjs';
import { hashOf, unlessDone } from './stamps.mjs';
import { root, run, step } from './steps.mjs';

const workspace = join(root, 'wasm');
/** What the module is made of; `cli` and `testkit` are not in it. */
const inputs = [
  'wasm/Cargo.toml', 'wasm/Cargo.lock', 'wasm/xtask', 'scripts/rust.mjs', 'scripts/engine.mjs',
  ...['scap', 'model', 'index', 'filter', 'export', 'engine', 'web'].map((crate) => `wasm/crates/${crate}`),
];

/** Makes `wasm/pkg`: module, glue, type declarations. */
export function buildEngine() {
  return unlessDone({
    stamp: '.cache/stamps/engine',
    hash: () => hashOf(inputs),
    products: ['wasm/pkg/web.js', 'wasm/pkg/web.d.ts', 'wasm/pkg/web_bg.wasm'],
    work: async () => {
      // Own target folders: the two builds run side by side and neither waits for a `cargo test` of the workspace.
      const [module, writer] = await Promise.all([buildModule(), buildGlueWriter()]);
      const fresh = join(root, '.cache', 'pkg');
      const folder = join(workspace, 'pkg');
      rmSync(fresh, { recursive: true, force: true });
      mkdirSync(fresh, { recursive: true });
      await run([writer, module, fresh]);
      rmSync(folder, { recursive: true, force: true });
      renameSync(fresh, folder);
    },
  });
}

async function buildModule() {
  const { cargo, buildArgs, env } = await wasmToolchain();
  const folder = join(workspace, 'target', 'wasm');
  await step('Compiling the engine to WebAssembly', () =>
    run(
      [cargo, 'build', '--locked', '-p', 'web', '--release', '--target', 'wasm32-unknown-unknown', '--target-dir', folder, ...buildArgs],
      // Small code, but for the crates that `Cargo.toml` names: the page waits for the module before it can open anything.
      { cwd: workspace, env: { ...env, CARGO_PROFILE_RELEASE_OPT_LEVEL: 'z' } },
    ),
  );
  return join(folder, 'wasm32-unknown-unknown', 'release', 'web.wasm');
}

async function buildGlueWriter() {
  const { cargo, env } = await nativeToolchain();
  const folder = join(workspace, 'target', 'xtask');
  await step('Compiling the writer of its JavaScript glue', () =>
    run([cargo, 'build', '--locked', '-p', 'xtask', '--profile', 'xtask', '--target-dir', folder], { cwd: workspace, env }),
  );
  return join(folder, 'xtask', process.platform === 'win32' ? 'xtask.exe' : 'xtask');
}

/** Makes the `scapscope` command; answers with its path. */
export async function buildCommand() {
  const { cargo, env } = await nativeToolchain();
  const folder = join(workspace, 'target');
  await step('Compiling the scapscope command', () =>
    run([cargo, 'build', '--locked', '-p', 'cli', '--release', '--target-dir', folder], { cwd: workspace, env }),
  );
  return join(folder, 'release', process.platform === 'win32' ? 'scapscope.exe' : 'scapscope');
}
