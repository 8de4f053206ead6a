/** Who may import whom: the table of docs/ARCHITECTURE, which this file is. */

/** Folder → layers of src it may import, and packages. Its own files are always allowed. */
const TABLE = {
  domain: { layers: [], packages: ['valibot', 'node-diff3'] },
  sync: { layers: ['domain'], packages: [] },
  db: { layers: ['domain', 'sync'], packages: ['dexie', 'valibot'] },
  transport: { layers: ['domain', 'sync'], packages: ['valibot', 'firebase', '@firebase'] },
  media: { layers: ['domain', 'sync'], packages: ['image-size'] },
  files: { layers: ['domain'], packages: ['hucre'] },
  text: { layers: ['domain'], packages: [] },
  stores: { layers: ['domain', 'sync'], packages: ['vue', 'pinia', 'valibot'] },
  composables: { layers: ['domain', 'text'], packages: ['vue'] },
  components: {
    layers: ['domain', 'composables', 'text'],
    packages: ['vue', 'vue-router', '@iconify-json/material-symbols'],
  },
  views: {
    layers: ['domain', 'stores', 'composables', 'components', 'text'],
    packages: [
      'vue',
      'vue-router',
      'valibot',
      'uqr',
      '@tanstack/vue-virtual',
      '@iconify-json/material-symbols',
    ],
  },
}

/** Runtime packages of both servers; what the Cloud Function needs of them is checked against functions/package.json when it is bundled. */
const SERVER_PACKAGES = [
  'express',
  'helmet',
  'compression',
  'jose',
  'valibot',
  '@google-cloud/firestore',
  '@google-cloud/storage',
  'firebase-admin',
  'firebase-functions',
]

const alternatives = (names) => names.map((name) => name.replaceAll('.', '\\.')).join('|')
const packagePaths = (names) =>
  names.length === 0 ? [] : [`node_modules/(@types/)?(${alternatives(names)})/`]

/** @param {string} name @param {string} from @param {string[]} allowed path patterns */
const only = (name, from, allowed) => ({
  name,
  severity: 'error',
  from: { path: from },
  to: { pathNot: [from, ...allowed] },
})

const layerRules = Object.entries(TABLE).map(([folder, { layers, packages }]) =>
  only(`layer-${folder}`, `^src/${folder}/`, [
    ...layers.map((layer) => `^src/${layer}/`),
    ...packagePaths(packages),
    '^~icons/',
  ]),
)

export default {
  forbidden: [
    ...layerRules,
    only('functions', '^functions/src/', [
      '^src/domain/',
      ...packagePaths(SERVER_PACKAGES),
      '^node:',
      '^[a-z_/]+$',
    ]),
    {
      name: 'service-worker',
      severity: 'error',
      comment: 'The service worker knows nothing of the app.',
      from: { path: '^src/sw\\.ts$' },
      to: { path: '^(src|functions|tests)/' },
    },
    {
      name: 'nothing-imports-the-root',
      severity: 'error',
      comment: 'main.ts, App.vue and router.ts join the layers; no layer knows them.',
      from: { path: '^src/[a-z]+/' },
      to: { path: '^src/[^/]+\\.(ts|vue)$' },
    },
    {
      name: 'product-not-tests',
      severity: 'error',
      from: { path: '^(src|functions)/' },
      to: { path: '^(tests|scripts)/' },
    },
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-unresolved',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: ['^~icons/', '^virtual:'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.mjs', '.js', '.vue', '.json', '.css'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'default'],
    },
  },
}
