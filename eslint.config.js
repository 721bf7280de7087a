import eslint from '@eslint/js';
import jsxA11y from 'eslint-plugin-jsx-a11y';
import reactHooks from 'eslint-plugin-react-hooks';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';
import { importDirections } from './scripts/lint/import-directions.mjs';

const typed = ['**/*.ts', '**/*.tsx', '**/*.mjs', '*.config.js'];
const tests = ['**/*.test.{ts,tsx,mjs}', 'e2e/**'];

export default defineConfig(
  { ignores: ['dist/', 'build/', 'wasm/', '.cache/', 'test-results/', 'playwright-report/', 'node_modules/'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: typed,
    extends: [eslint.configs.recommended, tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    plugins: { scapscope: { rules: { 'import-directions': importDirections } } },
    languageOptions: {
      parserOptions: {
        project: ['tsconfig.app-tests.json', 'tsconfig.workers-tests.json', 'tsconfig.node.json', 'tsconfig.e2e.json'],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      'scapscope/import-directions': 'error',
      eqeqeq: 'error',
      'no-console': 'error',
      // The compiler knows better, in .mjs too.
      'no-undef': 'off',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // Numbers print as one expects.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // `() => call()` with no result is the usual handler.
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/prefer-readonly': 'error',
    },
  },
  {
    files: ['app/**/*.{ts,tsx}'],
    extends: [reactHooks.configs.flat['recommended-latest'], jsxA11y.flatConfigs.strict],
    rules: {
      // A region that scrolls must be reachable by keyboard (axe asks for it).
      'jsx-a11y/no-noninteractive-tabindex': ['error', { tags: [], roles: ['grid', 'region', 'tabpanel'] }],
      'jsx-a11y/no-noninteractive-element-to-interactive-role': ['error', { ul: ['listbox', 'menu', 'tablist'], li: ['option', 'menuitem', 'tab'] }],
    },
  },
  {
    files: ['workers/protocol.ts', 'app/state/**/*.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        { selector: 'TSInterfaceDeclaration > TSInterfaceBody > TSPropertySignature:not([readonly=true]):not([typeAnnotation.typeAnnotation.type="TSTypeLiteral"])', message: 'Protocol and state are readonly.' },
      ],
    },
  },
  {
    // Programs for a terminal.
    files: ['scripts/**', 'bench/**', 'server/**'],
    rules: { 'no-console': 'off' },
  },
  {
    files: tests,
    rules: { '@typescript-eslint/no-non-null-assertion': 'off' },
  },
);
