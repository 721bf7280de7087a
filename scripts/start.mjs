/** `npm start`: from a fresh clone to a served page. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { prepare } from './prepare.mjs';
import { Failure, main, root } from './steps.mjs';

await main(async () => {
  const host = process.env['HOST'] ?? 'localhost';
  const port = Number(process.env['PORT'] ?? 8080);
  if (!Number.isInteger(port) || port < 0 || port > 65535) throw new Failure(`PORT is ${process.env['PORT']}; a number from 0 to 65535 is expected.`);
  await prepare();
  const built = pathToFileURL(join(root, 'build', 'server', 'main.js')).href;
  /** @type {unknown} */
  const module = await import(built);
  const { serve } = /** @type {typeof import('../server/main.ts')} */ (module);
  const server = await serve({ host, port, folder: join(root, 'dist') }).catch((/** @type {unknown} */ error) => {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EADDRINUSE') throw new Failure(`Port ${port} is in use; choose another one with PORT=…`);
    if (code === 'EACCES') throw new Failure(`Port ${port} may not be used by this user; choose another one with PORT=…`);
    throw error;
  });
  console.log(`Scapscope is at ${server.address}  (Ctrl+C ends it)`);
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.once(signal, () => {
      server.close().then(() => process.exit(0), () => process.exit(1));
    });
  }
});
