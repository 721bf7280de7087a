import { RuleTester } from 'eslint';
import { resolve } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { importDirections, objection } from './import-directions.mjs';

test.each([
  ['app/events/grid.tsx', 'workers/protocol.ts'],
  ['app/capture/open.ts', 'workers/client'],
  ['app/shell/shell.tsx', 'app/events/grid.tsx'],
  ['app/events/grid.tsx', 'app/events/row.tsx'],
  ['app/events/grid.tsx', 'app/components/button.tsx'],
  ['app/main.tsx', 'app/shell/shell.tsx'],
  ['workers/engine.ts', 'wasm/pkg/web.js'],
  ['app/format/format.test.ts', 'wasm/goldens/spans.txt'],
])('%s may import %s', (from, to) => {
  expect(objection(from, to)).toBeUndefined();
});

test.each([
  ['app/events/grid.tsx', 'workers/engine.ts'],
  ['app/events/grid.tsx', 'wasm/pkg/web.js'],
  ['app/format/time.ts', 'wasm/goldens/spans.txt'],
  ['app/events/grid.tsx', 'app/conversations/list.tsx'],
  ['app/base/store.ts', 'app/state/store.ts'],
  ['app/events/grid.tsx', 'app/shell/shell.tsx'],
  ['app/events/grid.tsx', 'server/headers.ts'],
  ['workers/engine.ts', 'app/base/store.ts'],
  ['server/app.ts', 'workers/protocol.ts'],
])('%s may not import %s', (from, to) => {
  expect(objection(from, to)).toBeTypeOf('string');
});

RuleTester.describe = describe;
RuleTester.it = it;
const filename = resolve('app/events/grid.js');
new RuleTester().run('import-directions', importDirections, {
  valid: [
    { filename, code: "import { a } from '../components/a.js'; export { b } from './b.js'; import 'react';" },
    { filename: resolve('workers/client.js'), code: "new Worker(new URL('./engine.js', import.meta.url));" },
  ],
  invalid: [
    { filename, code: "import { a } from '../conversations/a.js';", errors: 1 },
    { filename, code: "import { a } from '../components/../files/a.js';", errors: 1 },
    { filename, code: "const a = import('../conversations/a.js');", errors: 1 },
    { filename, code: "export { a } from '../conversations/a.js';", errors: 1 },
    { filename, code: "new Worker(new URL('../../workers/engine.js', import.meta.url));", errors: 1 },
    { filename, code: "export * from './a.js';", errors: [{ messageId: 'barrel' }] },
    { filename: resolve('app/events/index.ts'), code: 'export const a = 1;', errors: [{ messageId: 'barrel' }] },
  ],
});
