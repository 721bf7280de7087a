/** `npm run build`: makes `dist/`, which any static host can serve, and the server. */
import { prepare } from './prepare.mjs';
import { main } from './steps.mjs';

await main(async () => {
  await prepare();
  console.log('Built: dist/ (the page, for any static host) and build/server/ (the server, for Node).');
});
