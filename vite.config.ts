import { defineConfig, loadEnv } from 'vite'
import vue from '@vitejs/plugin-vue'
import tailwindcss from '@tailwindcss/vite'
import Icons from 'unplugin-icons/vite'
import { VitePWA } from 'vite-plugin-pwa'
import { chunks } from './scripts/chunks.mjs'

/** What a build for Firebase must be told; none of it is secret (docs/DEPLOY.md). */
const FIREBASE_SETTINGS = [
  'VITE_FIREBASE_API_KEY',
  'VITE_FIREBASE_AUTH_DOMAIN',
  'VITE_FIREBASE_PROJECT_ID',
] as const

/** `firebase` and `firebase-emulator` build for Firebase; every other mode for the embedded server, without a line of it. */
const isFirebase = (mode: string): boolean => mode.startsWith('firebase')

/** Constants of the build: what is not for this backend falls away as dead code. */
function backendConstants(mode: string): Record<string, string> {
  const env = isFirebase(mode) ? loadEnv(mode, process.cwd(), 'VITE_FIREBASE_') : {}
  const missing = isFirebase(mode) ? FIREBASE_SETTINGS.filter((name) => (env[name] ?? '') === '') : []
  if (missing.length > 0) throw new Error(`${missing.join(', ')} が設定されていません（docs/DEPLOY.md）。`)
  const names = [...FIREBASE_SETTINGS, 'VITE_FIREBASE_PROVIDER', 'VITE_FIREBASE_AUTH_EMULATOR']
  return {
    'import.meta.env.VITE_BACKEND': JSON.stringify(isFirebase(mode) ? 'firebase' : 'embedded'),
    ...Object.fromEntries(names.map((name) => [`import.meta.env.${name}`, JSON.stringify(env[name] ?? '')])),
  }
}

/** What a new tablet loads before the service worker holds the app. */
const LOADED_FIRST = /\/(?:sign-in|firebaseAuth|HomeView|LogView|outbox|replica|shown)-/

/** What is asked for along with a chunk. The rest comes out of the cache: naming its parts would weigh on the first load. */
const preloaded = (file: string, parts: string[]): string[] => (LOADED_FIRST.test(file) ? parts : [])

export default defineConfig(({ mode }) => ({
  // No component uses the options API; leaving it out makes the first load smaller.
  // Dexie's package entry is its ES5 build in a wrapper; the modern one is smaller. Nothing here requires it twice.
  resolve: { alias: [{ find: /^dexie$/, replacement: 'dexie/dist/modern/dexie.min.mjs' }] },
  define: { __VUE_OPTIONS_API__: 'false', ...backendConstants(mode) },
  plugins: [
    vue(),
    tailwindcss(),
    chunks(),
    Icons({ compiler: 'vue3', scale: 1.25 }),
    VitePWA({
      strategies: 'injectManifest',
      srcDir: 'src',
      filename: 'sw.ts',
      registerType: 'prompt',
      injectRegister: false,
      injectManifest: {
        globPatterns: ['**/*.{js,css,html,svg,png,webmanifest}'],
        // What a new tablet starts with is of no use offline.
        globIgnores: ['**/snapshotPart*'],
        minify: true,
      },
      manifest: {
        id: '/',
        name: '改善帳',
        short_name: '改善帳',
        description: '事業所の業務改善の取組を記録し、本部と共有する',
        lang: 'ja',
        dir: 'ltr',
        start_url: '/',
        scope: '/',
        display: 'standalone',
        background_color: '#ffffff',
        theme_color: '#0017c1',
        categories: ['productivity', 'government'],
        icons: [
          { src: '/icons/icon-192.png', sizes: '192x192', type: 'image/png', purpose: 'any' },
          { src: '/icons/icon-512.png', sizes: '512x512', type: 'image/png', purpose: 'any' },
          { src: '/icons/maskable-512.png', sizes: '512x512', type: 'image/png', purpose: 'maskable' },
        ],
        shortcuts: [
          {
            name: '取組を記録',
            url: '/log',
            icons: [{ src: '/icons/shortcut-log-96.png', sizes: '96x96', type: 'image/png' }],
          },
          {
            name: '局一覧',
            url: '/list',
            icons: [{ src: '/icons/shortcut-list-96.png', sizes: '96x96', type: 'image/png' }],
          },
        ],
      },
    }),
  ],
  build: {
    target: ['chrome119', 'safari17.4', 'firefox121'],
    modulePreload: { polyfill: false, resolveDependencies: preloaded },
    cssCodeSplit: true,
    manifest: true,
    outDir: isFirebase(mode) ? 'dist-firebase' : 'dist',
  },
  server: { proxy: { '/api': 'http://127.0.0.1:5000' } },
}))
