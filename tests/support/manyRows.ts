import { SYSTEM, commitAs } from '../../functions/src/commit.ts'
import { embeddedDeps } from '../../functions/src/embedded.ts'
import { databasePath } from '../../functions/src/ops/dataDir.ts'
import { openSqliteStorage } from '../../functions/src/storage/sqlite.ts'
import { asUid, asUnitId } from '../../src/domain/ids.ts'
import { draftValues, intention, newId } from './world.ts'

const ROWS_AT_ONCE = 100

/** Title of the nth of many rows. */
export const titleOf = (n: number): string => `取組 第${n}号`

/** Adds submitted rows of one of the demo's offices to the data of a server that does not run. */
export async function addRows(dataDir: string, count: number): Promise<void> {
  const storage = openSqliteStorage({ path: databasePath(dataDir) })
  const deps = embeddedDeps(storage, ({ error }) => {
    throw new Error(error)
  })
  const unit = 'labor-osaki'
  const lead = { ...SYSTEM, uid: asUid(`demo-lead-${unit}`), unit: asUnitId(unit), roles: ['lead'] as const }
  for (let first = 1; first <= count; first += ROWS_AT_ONCE) {
    const rows = Array.from({ length: Math.min(ROWS_AT_ONCE, count + 1 - first) }, (_, index) =>
      intention('initiative', 'create', {
        id: newId(),
        set: { ...draftValues(unit, titleOf(first + index)), stage: 'submitted' },
      }),
    )
    const added = await commitAs(deps, lead, rows)
    if (!added.ok) throw new Error(JSON.stringify(added.error))
  }
  await storage.close()
}
