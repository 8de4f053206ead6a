/** What a tablet loads, gzipped, and the limits that keep it fast on a weak network. */
import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { root } from './run.mjs'

const dist = join(root, 'dist')
const LIMITS_KB = { first: 100, css: 12, route: 30, precache: 600 }

const gzipBytes = (file) => gzipSync(readFileSync(join(dist, file)), { level: 9 }).length
const kb = (bytes) => bytes / 1000
const sum = (files) => files.reduce((total, file) => total + gzipBytes(file), 0)

/** Prints the table; false when a limit is passed. */
export function printSizes() {
  const manifest = JSON.parse(readFileSync(join(dist, '.vite/manifest.json'), 'utf8'))
  const entry = Object.values(manifest).find((chunk) => chunk.isEntry === true && chunk.src === 'index.html')
  if (entry === undefined) throw new Error('dist/.vite/manifest.json names no entry.')
  const first = withStaticImports(manifest, entry)
  const css = [...new Set(Object.values(manifest).flatMap((chunk) => chunk.css ?? []))]
  const lazy = Object.values(manifest).filter(
    (chunk) => chunk.file.endsWith('.js') && !first.includes(chunk.file),
  )
  const routes = lazy.filter((chunk) => chunk.isDynamicEntry === true)

  const rows = [
    ['最初に読む JS', sum(first), LIMITS_KB.first],
    ['CSS', sum(css), LIMITS_KB.css],
    ...routes.map((chunk) => [`画面 ${chunk.src ?? chunk.file}`, gzipBytes(chunk.file), LIMITS_KB.route]),
    ['あとで読む JS の合計', sum([...new Set(lazy.map(({ file }) => file))]), undefined],
    ['端末に置く全体 (precache)', sum(precached()), LIMITS_KB.precache],
  ]
  const width = Math.max(...rows.map(([name]) => displayWidth(name)))
  for (const [name, bytes, limit] of rows) {
    const over = limit !== undefined && kb(bytes) > limit
    const bound = limit === undefined ? '' : ` / ${limit} kB${over ? '  ← 上限を超えています' : ''}`
    process.stdout.write(
      `${name}${' '.repeat(width - displayWidth(name))} ${kb(bytes).toFixed(1).padStart(7)} kB${bound}\n`,
    )
  }
  return rows.every(([, bytes, limit]) => limit === undefined || kb(bytes) <= limit)
}

/** Files of a chunk and of everything it imports at once. */
function withStaticImports(manifest, entry) {
  const files = new Set()
  const visit = (chunk) => {
    if (files.has(chunk.file)) return
    files.add(chunk.file)
    for (const key of chunk.imports ?? []) visit(manifest[key])
  }
  visit(entry)
  return [...files]
}

/** What the service worker fetches ahead: every file it names. */
function precached() {
  const worker = join(dist, 'sw.js')
  if (!existsSync(worker)) throw new Error('dist/sw.js is missing: the app would not work offline.')
  const text = readFileSync(worker, 'utf8')
  const files = globSync('**/*.{js,css,html,svg,png,webmanifest}', { cwd: dist })
  const named = files.filter((file) => text.includes(JSON.stringify(file).slice(1, -1)))
  if (named.length === 0) throw new Error('dist/sw.js precaches nothing: the app would not work offline.')
  return named
}

/** Columns a text takes in a terminal: Japanese characters take two. */
function displayWidth(text) {
  return [...text].reduce((width, char) => width + (char.codePointAt(0) > 0x2e7f ? 2 : 1), 0)
}

if (import.meta.main) process.exitCode = printSizes() ? 0 : 1
