import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from './steps.mjs';

/** @param {string} file */
const read = (file) => readFileSync(join(root, file), 'utf8');

/** @typedef {{ dependencies?: Record<string, string>, devDependencies?: Record<string, string>, license?: string }} Manifest */

/** @param {string} file */
function manifest(file) {
  /** @type {unknown} */
  const read_ = JSON.parse(read(file));
  return /** @type {Manifest} */ (read_);
}

function npmPackages() {
  const { dependencies = {}, devDependencies = {} } = manifest('package.json');
  return [...Object.keys(dependencies), ...Object.keys(devDependencies)];
}

/** Crates that a Cargo.toml names and the workspace does not hold itself. @param {string} toml */
function cratesIn(toml) {
  const names = [];
  let inside = false;
  for (const line of toml.split('\n')) {
    if (line.startsWith('[')) inside = /^\[(.*\.)?(dev-|build-)?dependencies\]$|^\[workspace\.dependencies\]$/.test(line.trim());
    const [, name] = /^([\w-]+)(?:\.workspace)?\s*=/.exec(line) ?? [];
    if (inside && name !== undefined && !/\bpath\s*=/.test(line)) names.push(name);
  }
  return names;
}

const ourCrates = readdirSync(join(root, 'wasm', 'crates'));
const manifests = ['wasm/Cargo.toml', 'wasm/fuzz/Cargo.toml', 'wasm/xtask/Cargo.toml', ...ourCrates.map((crate) => `wasm/crates/${crate}/Cargo.toml`)];
const crates = manifests
  .filter((file) => existsSync(join(root, file)))
  .flatMap((file) => cratesIn(read(file)))
  .filter((name) => !ourCrates.includes(name));
const used = new Set([...npmPackages(), ...crates]);

const [reasons = '', licences = ''] = read('docs/dependencies.md').split('## Licences');
/** @param {string} text */
const namesIn = (text) => [...text.matchAll(/^\| `([^`]+)` \| (.+) \|$/gm)].map(([, name = '']) => name);

test('every dependency has a reason', () => {
  const listed = namesIn(reasons);
  expect([...used].filter((name) => !listed.includes(name))).toEqual([]);
});

test('every reason has its dependency', () => {
  expect(namesIn(reasons).filter((name) => !used.has(name))).toEqual([]);
});

test('crates are found in manifests at all', () => {
  expect(cratesIn('[dependencies]\nscap.workspace = true\nserde = "1"\n[lib]\ncrate = "x"\n[dev-dependencies]\na-b = { version = "1" }\nown = { path = "../own" }')).toEqual(['scap', 'serde', 'a-b']);
});

test('every npm package that is named or shipped has a licence that is listed', () => {
  /** @type {unknown} */
  const lock = JSON.parse(read('package-lock.json'));
  const { packages } = /** @type {{ packages: Record<string, { dev?: boolean, license?: string }> }} */ (lock);
  const named = npmPackages().map((name) => `node_modules/${name}`);
  const allowed = namesIn(licences);
  const others = Object.entries(packages)
    .filter(([path, { dev = false, license = '' }]) => path !== '' && (!dev || named.includes(path)) && !allowed.includes(license))
    .map(([path, { license }]) => `${path}: ${license}`);
  expect(others).toEqual([]);
});

test('the lock file names no registry', () => {
  expect(read('package-lock.json')).not.toMatch(/"resolved": "http/);
});
