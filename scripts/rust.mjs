/** Finds or installs Rust: a compiler for this machine and one for wasm32. */
import { existsSync, readdirSync } from 'node:fs';
import { delimiter } from 'node:path';
import { canInstall, install } from './debian.mjs';
import { attempt, Failure, step } from './steps.mjs';

const target = 'wasm32-unknown-unknown';
/**
 * A panic says in which file it happened; line and column would weigh more in the module than all that they help. Stable
 * compilers take that option only from who says `RUSTC_BOOTSTRAP`.
 */
const wasmEnv = { RUSTFLAGS: '-C target-feature=+simd128,+bulk-memory -Z location-detail=file', RUSTC_BOOTSTRAP: '1' };
/** Oldest compiler that takes the workspace. */
const oldest = [1, 88];

const debianPackages = ['rustc-web', 'cargo-web', 'rust-web-src', 'lld-19'];
/** `/usr/bin` first, so that compiler and standard library source are of one version. */
const debianEnv = { PATH: `/usr/bin${delimiter}${process.env['PATH'] ?? ''}`, RUSTC: '/usr/bin/rustc', RUSTC_WRAPPER: undefined };

/**
 * How to call cargo: `[...cargo, 'build', …, ...buildArgs]` with `env` added.
 * @typedef {{ cargo: string, buildArgs: readonly string[], env: Record<string, string | undefined> }} Toolchain
 */

/** @param {string} output Of `rustc --version`. */
function recent(output) {
  const [, major = '0', minor = '0'] = /rustc (\d+)\.(\d+)/.exec(output) ?? [];
  return Number(major) > (oldest[0] ?? 0) || (Number(major) === oldest[0] && Number(minor) >= (oldest[1] ?? 0));
}

async function machineHasRust() {
  const [rustc, cargo] = await Promise.all([attempt(['rustc', '--version']), attempt(['cargo', '--version'])]);
  return rustc.status === 0 && cargo.status === 0 && recent(rustc.output);
}

async function machineCompilesWasm() {
  const { status, output } = await attempt(['rustc', '--print', 'target-libdir', '--target', target]);
  const folder = output.trim();
  return status === 0 && existsSync(folder) && readdirSync(folder).some((name) => /^libstd-.*\.rlib$/.test(name));
}

async function rustupAddsWasm() {
  if ((await attempt(['rustup', '--version'])).status !== 0) return false;
  await step(`Adding ${target} to Rust with rustup`, () => attempt(['rustup', 'target', 'add', target]));
  return machineCompilesWasm();
}

/** @param {readonly string[]} packages */
async function debianHas(packages) {
  if (!(await canInstall())) return false;
  return install(packages).then(
    () => true,
    () => false,
  );
}

/** @returns {Promise<Toolchain>} */
async function findNative() {
  if (await machineHasRust()) return { cargo: 'cargo', buildArgs: [], env: {} };
  if (await debianHas(['rustc-web', 'cargo-web'])) return { cargo: '/usr/bin/cargo', buildArgs: [], env: debianEnv };
  throw new Failure(
    `Scapscope needs Rust ${oldest.join('.')} or newer, which is not on this machine and could not be installed; install it with rustup, or on Debian as root with: apt-get install rustc-web cargo-web`,
  );
}

/** @returns {Promise<Toolchain>} */
async function findWasm() {
  if ((await machineHasRust()) && ((await machineCompilesWasm()) || (await rustupAddsWasm()))) {
    return { cargo: 'cargo', buildArgs: [], env: wasmEnv };
  }
  if (await debianHas(debianPackages)) {
    return {
      cargo: '/usr/bin/cargo',
      buildArgs: ['-Z', 'build-std=std,panic_abort'],
      env: {
        ...debianEnv,
        ...wasmEnv,
        CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER: 'wasm-ld-19',
      },
    };
  }
  throw new Failure(
    `Scapscope needs a Rust compiler for ${target}, which is not on this machine and could not be installed; install it with: rustup target add ${target}, or on Debian as root with: apt-get install ${debianPackages.join(' ')}`,
  );
}

/** @type {Promise<Toolchain> | undefined} */
let native;
/** @type {Promise<Toolchain> | undefined} */
let wasm;

/** The compiler for this machine. */
export const nativeToolchain = () => (native ??= findNative());
/** The compiler for wasm32. */
export const wasmToolchain = () => (wasm ??= findWasm());
