/** `npm run build:functions`: bundles the Cloud Function together with src/domain into functions/lib, ready to deploy. */
import { readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { join } from 'node:path'
import { build } from 'esbuild'
import { root } from './run.mjs'

/** Bundles into `outfile`; resolves to the packages the bundle needs at run time. */
export async function buildFunctions({
  outfile = join(root, 'functions/lib/index.js'),
  packageFile = join(root, 'functions/package.json'),
} = {}) {
  const { metafile } = await build({
    entryPoints: [join(root, 'functions/src/index.ts')],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    packages: 'external',
    sourcemap: 'linked',
    sourcesContent: false,
    metafile: true,
    logLevel: 'warning',
  })
  const imported = Object.values(metafile.outputs)
    .flatMap(({ imports }) => imports)
    .filter(({ external, path }) => external && !isBuiltin(path))
    .map(({ path }) => packageOf(path))
  const needed = [...new Set(imported)].sort()
  const { dependencies } = JSON.parse(readFileSync(packageFile, 'utf8'))
  const missing = needed.filter((name) => !(name in dependencies))
  if (missing.length > 0) throw new Error(`${packageFile} lacks ${missing.join(', ')}.`)
  return needed
}

const packageOf = (path) =>
  path
    .split('/')
    .slice(0, path.startsWith('@') ? 2 : 1)
    .join('/')

if (import.meta.main) await buildFunctions()
