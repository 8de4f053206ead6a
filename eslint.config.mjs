import vue from 'eslint-plugin-vue'
import tseslint from 'typescript-eslint'

const PURE = 'domain and sync are given time, ids and randomness as arguments (style rule 5).'
const restrict = (selector, message) => ({ selector, message })

const NO_TYPE_TRICKS = {
  '@typescript-eslint/no-explicit-any': 'error',
  '@typescript-eslint/no-non-null-assertion': 'error',
  // `as const` is not an assertion to this rule.
  '@typescript-eslint/consistent-type-assertions': ['error', { assertionStyle: 'never' }],
  '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
  '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
}

export default tseslint.config(
  {
    ignores: [
      'dist',
      'dist-firebase',
      'functions/lib',
      '**/node_modules',
      '.cache',
      '.data',
      'test-results',
      'playwright-report',
    ],
  },
  ...tseslint.configs.strict,
  ...vue.configs['flat/essential'],
  {
    files: ['**/*.vue'],
    languageOptions: { parserOptions: { parser: tseslint.parser, extraFileExtensions: ['.vue'] } },
    rules: {
      'vue/block-lang': ['error', { script: { lang: 'ts' } }],
      'vue/block-order': ['error', { order: ['script', 'template', 'style'] }],
      'vue/component-api-style': ['error', ['script-setup']],
      'vue/define-props-declaration': ['error', 'type-based'],
      'vue/define-emits-declaration': ['error', 'type-based'],
      // TypeScript checks that an exhaustive switch returns.
      'vue/return-in-computed-property': 'off',
      'vue/no-v-html': 'error',
      'vue/no-unused-refs': 'error',
      'vue/no-useless-v-bind': 'error',
      'vue/prefer-true-attribute-shorthand': 'error',
      'vue/require-explicit-emits': 'error',
    },
  },
  {
    rules: {
      ...NO_TYPE_TRICKS,
      eqeqeq: 'error',
      'no-console': ['error', { allow: ['error'] }],
      'no-empty': 'error',
      'no-var': 'error',
      'prefer-const': 'error',
      'no-restricted-syntax': [
        'error',
        restrict('ExportDefaultDeclaration', 'Exports are named (style rule 8).'),
        restrict('TSEnumDeclaration', 'Enums are not erasable: use a list of literals.'),
        // Dexie follows the awaits of a function it knows to be async; of another it loses the transaction.
        restrict(
          "CallExpression[callee.property.name='transaction'] > ArrowFunctionExpression.arguments:last-child[async=false]",
          'The scope of a transaction is an async function.',
        ),
      ],
    },
  },
  {
    files: ['src/domain/**/*.ts', 'src/sync/**/*.ts'],
    rules: {
      'no-restricted-globals': [
        'error',
        ...[
          'crypto',
          'setTimeout',
          'setInterval',
          'performance',
          'window',
          'document',
          'navigator',
          'indexedDB',
          'localStorage',
          'fetch',
          'process',
        ].map((name) => ({ name, message: PURE })),
      ],
      'no-restricted-syntax': [
        'error',
        restrict('ExportDefaultDeclaration', 'Exports are named (style rule 8).'),
        restrict("NewExpression[callee.name='Date']", PURE),
        restrict("CallExpression[callee.name='Date']", PURE),
        restrict("MemberExpression[object.name='Date'][property.name='now']", PURE),
        restrict("MemberExpression[object.name='Math'][property.name='random']", PURE),
        restrict("MemberExpression[object.name='globalThis']", PURE),
      ],
    },
  },
  {
    files: ['src/db/**/*.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        restrict('ExportDefaultDeclaration', 'Exports are named (style rule 8).'),
        restrict(
          "CallExpression[callee.property.name='transaction'] > ArrowFunctionExpression[async=false]",
          'Dexie follows native awaits through a transaction only from an async function.',
        ),
      ],
    },
  },
  {
    files: ['**/*.config.{ts,mjs}', '.*.mjs', '**/*.vue', 'tests/support/demoTemplate.ts'],
    rules: { 'no-restricted-syntax': 'off' },
  },
)
