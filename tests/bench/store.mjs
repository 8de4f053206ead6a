/** A server's folder with an invented bureau in it, made once and kept in .cache: 10,000 rows take a while. */
import { createHash } from 'node:crypto'
import { cpSync, existsSync, globSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { applyMutation, readEpoch } from '../../functions/src/commit.ts'
import { DEMO_PASSWORD } from '../../functions/src/demo.ts'
import { embeddedDeps, startEmbedded } from '../../functions/src/embedded.ts'
import { createAccounts } from '../../functions/src/identity/accounts.ts'
import { hashPassword } from '../../functions/src/identity/password.ts'
import { databasePath } from '../../functions/src/ops/dataDir.ts'
import { openSqliteStorage } from '../../functions/src/storage/sqlite.ts'
import { Workspace } from '../../functions/src/workspace.ts'
import { initiativeType } from '../../src/domain/types/initiative.ts'
import { root } from '../../scripts/run.mjs'
import { initiativeEdit, initiativeFields, rowId } from './bureau.mjs'

const BATCH = 250
const cacheDir = join(root, '.cache/bench')
const HQ = { uid: 'demo-hq', unit: 'somu', roles: ['hq'] }

/** Units of the demo bureau whose people take part. */
export const UNITS = readFileSync(new URL('../../functions/demo/units.csv', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .slice(1)
  .map((line) => line.split(','))
  .filter((cells) => cells[4] === 'office')
  .map(([id]) => id)

/** Address of the lead who has tablet `n` of several. */
export const tabletAccount = (n) => `bench-${n}@demo.example`

/** Applies intentions by the server's own rules, as their actors. */
async function applyAll(deps, wishes) {
  for (let from = 0; from < wishes.length; from += BATCH) {
    const batch = wishes.slice(from, from + BATCH)
    await deps.storage.transact(async (tx) => {
      const workspace = new Workspace(tx, await readEpoch(tx))
      for (const [index, { actor, ...wish }] of batch.entries()) {
        const rev = (await workspace.record(wish.id))?.rev ?? 0
        const mutation = {
          ...wish,
          v: initiativeType.version,
          type: 'initiative',
          blobs: [],
          at: deps.now(),
          mid: index + 1,
          base: { rev },
        }
        const applied = await applyMutation(workspace, mutation, {
          actor,
          now: deps.now(),
          baseRev: rev,
          report: deps.report,
        })
        if (!applied.ok) throw new Error(JSON.stringify(applied.error))
      }
      workspace.flush()
    })
  }
}

const changes = (before, after) =>
  Object.fromEntries(Object.entries(after).map(([name, to]) => [name, { from: before[name] ?? null, to }]))

const creation = (index, units) => ({
  actor: HQ,
  op: 'create',
  id: rowId(index),
  stage: null,
  set: changes({}, { ...initiativeFields(index, { units }), stage: 'submitted' }),
})

/** Edits of rows as the server has them, each by somebody of its unit. */
export async function editRows(deps, ids, salt) {
  const docs = await deps.storage.read((tx) => tx.getAll('records', ids))
  await applyAll(
    deps,
    docs.map(({ record }, index) => ({
      actor: { uid: `demo-${record.fields.leadUnit}`, unit: record.fields.leadUnit, roles: ['staff'] },
      op: 'edit',
      id: record.id,
      stage: record.stage,
      set: changes(record.fields, initiativeEdit(index, salt)),
    })),
  )
}

/** A lead for every tablet. */
async function addPeople(deps, units) {
  const passwordHash = await hashPassword(DEMO_PASSWORD)
  const created = await createAccounts(
    deps,
    units.map((unit, n) => ({
      uid: `bench-${n}`,
      email: tabletAccount(n),
      name: `端末 ${n}`,
      unit,
      roles: ['lead'],
      passwordHash,
    })),
  )
  if (!created.ok) throw new Error(JSON.stringify(created.error))
}

/** Of everything that a store depends on: a server that writes more beside a row makes another store. */
function recipeHash(tabletUnits) {
  const hash = createHash('sha256').update(JSON.stringify(tabletUnits))
  const files = globSync(['functions/src/**/*.ts', 'src/domain/**/*.ts', 'tests/bench/*.mjs'], { cwd: root })
  for (const file of files.sort()) hash.update(readFileSync(join(root, file)))
  return hash.digest('hex').slice(0, 12)
}

/** Copies a bureau with `rows` rows into `dataDir`; of the demo's offices in turn, or of the offices of these tablets. */
export async function makeBureau(dataDir, rows, tabletUnits = []) {
  const label = tabletUnits.length > 0 ? `${rows}for${tabletUnits.length}` : String(rows)
  const kept = join(cacheDir, `${label}-${recipeHash(tabletUnits)}`)
  if (!existsSync(kept)) {
    const making = `${kept}.making`
    for (const former of globSync(`${label}-*`, { cwd: cacheDir }))
      rmSync(join(cacheDir, former), { recursive: true, force: true })
    const server = await startEmbedded({
      dataDir: making,
      port: 0,
      distDir: join(root, 'dist'),
      demo: true,
      log: () => undefined,
    })
    await server.stop()
    const storage = openSqliteStorage({ path: databasePath(making) })
    const deps = embeddedDeps(storage, ({ error }) => process.stderr.write(`${error}\n`))
    if (tabletUnits.length > 0) await addPeople(deps, tabletUnits)
    const units = tabletUnits.length > 0 ? tabletUnits : UNITS
    for (let from = 0; from < rows; from += BATCH)
      await applyAll(
        deps,
        Array.from({ length: Math.min(BATCH, rows - from) }, (_, index) => creation(from + index, units)),
      )
    await storage.close()
    renameSync(making, kept)
  }
  mkdirSync(dataDir, { recursive: true })
  cpSync(kept, dataDir, { recursive: true })
}
