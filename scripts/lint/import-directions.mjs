/**
 * Lint rule: which folder may import which. It looks at where an import leads, not at how it is written, and sees static
 * and dynamic imports, re-exports and `new URL(…, import.meta.url)`.
 */
import { dirname, posix, relative, resolve, sep } from 'node:path';

/** Folders of `app/` that show something of their own; the shell puts them together. */
const views = ['conversations', 'events', 'files', 'findings', 'processes', 'summary', 'timeline'];
/** What the page may take from `workers/`. */
const contract = ['workers/protocol', 'workers/client'];

/**
 * Why a file may not import another, both named from the project's folder; undefined when it may.
 * @param {string} from
 * @param {string} to
 * @returns {string | undefined}
 */
export function objection(from, to) {
  const [fromTop = '', fromFolder = ''] = from.split('/');
  const [toTop = '', toFolder = ''] = to.split('/');
  const target = to.replace(/\.[jt]sx?$/, '');
  if (fromTop === 'app' && toTop === 'workers' && !contract.includes(target)) return 'The page knows of workers/ only protocol.ts and client.ts.';
  // What both must do alike is held against one file.
  const isTableOfTest = fromTop === 'app' && from.endsWith('.test.ts') && to.startsWith('wasm/goldens/');
  if (fromTop === 'app' && toTop === 'wasm' && !isTableOfTest) return 'The page reaches the engine only through workers/client.ts.';
  if (fromTop === 'workers' && toTop === 'app') return 'Workers do not know the page.';
  if (fromTop === 'server' && ['app', 'workers', 'wasm'].includes(toTop)) return 'The server shares no code with the page or the engine.';
  if (['app', 'workers'].includes(fromTop) && ['server', 'scripts', 'e2e', 'bench'].includes(toTop)) return `What runs in the browser does not import ${toTop}/.`;
  if (fromTop === 'app' && toTop === 'app' && fromFolder !== toFolder) {
    if (views.includes(fromFolder) && views.includes(toFolder)) return `Views do not import views: ${fromFolder} and ${toFolder} meet in shell/.`;
    if (fromFolder === 'base') return 'app/base knows no other folder of the page.';
    if (toFolder === 'shell' && from !== 'app/main.tsx') return 'Nothing but main.tsx imports the shell.';
  }
  return undefined;
}

/** @type {import('eslint').Rule.RuleModule} */
export const importDirections = {
  meta: { type: 'problem', schema: [], messages: { direction: '{{reason}}', barrel: 'No barrel files: import from the file that has it.' } },
  create(context) {
    const root = context.cwd;
    const file = context.filename;
    const from = relative(root, file).split(sep).join(posix.sep);
    /**
     * @param {import('estree').Node} node
     * @param {unknown} specifier
     */
    const check = (node, specifier) => {
      if (typeof specifier !== 'string' || !specifier.startsWith('.')) return;
      const to = relative(root, resolve(dirname(file), specifier.replace(/\?.*$/, ''))).split(sep).join(posix.sep);
      const reason = objection(from, to);
      if (reason !== undefined) context.report({ node, messageId: 'direction', data: { reason } });
    };
    /** @param {import('estree').Expression | import('estree').SpreadElement | undefined} node */
    const text = (node) => (node?.type === 'Literal' ? node.value : undefined);
    return {
      Program(node) {
        if (/(^|\/)index\.tsx?$/.test(from)) context.report({ node, messageId: 'barrel' });
      },
      ImportDeclaration: (node) => check(node, node.source.value),
      ImportExpression: (node) => check(node, text(node.source)),
      ExportNamedDeclaration: (node) => check(node, node.source?.value),
      ExportAllDeclaration(node) {
        context.report({ node, messageId: 'barrel' });
        check(node, node.source.value);
      },
      NewExpression(node) {
        const [first] = node.arguments;
        if (node.callee.type === 'Identifier' && node.callee.name === 'URL' && node.arguments.length === 2) check(node, text(first));
      },
    };
  },
};
