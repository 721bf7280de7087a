/** All that stands between a fresh clone and a page to serve. */
import { buildEngine } from './engine.mjs';
import { installPackages } from './packages.mjs';
import { buildPage, buildServer } from './page.mjs';
import { alone } from './steps.mjs';

/** Packages, engine, page, server; what is up to date is left alone. */
export function prepare() {
  return alone(async () => {
    await Promise.all([installPackages(), buildEngine()]);
    await Promise.all([buildServer(), buildPage()]);
  });
}

/** The same without page and server: what the dev server makes itself. */
export function prepareForDevelopment() {
  return alone(async () => {
    await Promise.all([installPackages(), buildEngine()]);
  });
}
