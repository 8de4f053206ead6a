/** The simulation with one deliberate breakage in the product (scripts/bite.mjs). Sources are changed as they load, never on disk. */
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Plugin, defineConfig } from 'vitest/config'
import { BREAKAGES } from '../../../scripts/breakages.mjs'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const name = process.env['SIM_BREAKAGE']
const breakage = BREAKAGES.find((each) => each.name === name)
if (breakage === undefined) throw new Error(`There is no breakage "${String(name)}".`)

const breaking: Plugin = {
  name: 'breakage',
  enforce: 'pre',
  transform(code, id) {
    const file = relative(root, id)
    const edits = breakage.edits.filter((edit) => edit.file === file)
    if (edits.length === 0) return undefined
    return edits.reduce((source, { find, put }) => {
      if (source.split(find).length !== 2) throw new Error(`${file} does not have it once: ${find}`)
      return source.replace(find, () => put)
    }, code)
  },
}

export default defineConfig({
  root,
  plugins: [breaking],
  // A cache between runs would not know of the breakage.
  test: { name: 'sync', environment: 'node', fsModuleCache: false, include: ['tests/sync/sim/*.test.ts'] },
})
