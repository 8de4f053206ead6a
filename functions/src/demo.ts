/** 見本 (demo): the bureau's units, an invented person for each role, and the 32 rows of 参考2, loaded once. */
import { readFileSync } from 'node:fs'
import type { Role } from '../../src/domain/actor.ts'
import { asClientId, asDeviceId, asRecordId, asUid, asUnitId } from '../../src/domain/ids.ts'
import { importedInitiativeIds } from '../../src/domain/importIdentity.ts'
import { importInitiatives } from '../../src/domain/importInitiatives.ts'
import { type ImportPlan, importUnits } from '../../src/domain/importing.ts'
import type { Intention } from '../../src/domain/mutation.ts'
import type { StoredRecord } from '../../src/domain/record.ts'
import { deviceType } from '../../src/domain/types/device.ts'
import { type Unit, readUnit } from '../../src/domain/types/unit.ts'
import { MAX_PUSH_MUTATIONS, PROTOCOL_VERSION } from '../../src/domain/wire.ts'
import { SYSTEM, commitAs } from './commit.ts'
import { type CsvContent, readCsv } from '../../src/domain/csv.ts'
import type { Caller, Deps } from './handlers/context.ts'
import { push } from './handlers/push.ts'
import { type NewAccount, createAccounts } from './identity/accounts.ts'
import { hashPassword } from './identity/password.ts'

/** Password of every demo account: the demo holds nothing that is not public. */
export const DEMO_PASSWORD = 'kaizen-demo'

/** Year of the list in functions/demo, 平成28年度. */
export const DEMO_FISCAL_YEAR = 2016

const CLIENT_ID = asClientId('demo-import')
const IMPORTER: Caller = { uid: asUid('demo-hq'), deviceId: asDeviceId('demo-import') }

/** Loads the demo into a store that does not have it yet. */
export async function loadDemo(deps: Deps): Promise<void> {
  const loaded = await deps.storage.read((tx) => tx.get('meta', 'demoLoaded'))
  if (loaded !== undefined) return
  await importDemo(deps)
  await deps.storage.transact(async (tx) => tx.put('meta', 'demoLoaded', { value: deps.now() }))
}

/** Imports units, people and initiatives. Doing it again changes nothing. Returns how many initiatives were sent. */
export async function importDemo(deps: Deps): Promise<number> {
  const units = readDemoCsv('units')
  const unitIds = units.rows.map(({ cells }) => cells['id'] ?? '')
  await commit(
    deps,
    accepted(importUnits({ ...units, existing: await records(deps, unitIds), at: deps.now() }), units),
  )
  const known = [...(await records(deps, unitIds)).values()].map(readUnit)
  await addPeople(deps, known)
  await addImporterDevice(deps)
  return importInitiativeList(deps, known)
}

/** The accounts of the demo, without their passwords. */
function demoPeople(units: readonly Unit[]): Omit<NewAccount, 'passwordHash'>[] {
  const person = (id: string, { name, unit, roles }: { name: string; unit: string; roles: Role[] }) => ({
    uid: `demo-${id}`,
    email: `${id}@demo.example`,
    name,
    unit,
    roles,
  })
  const ofUnits = units.flatMap(({ id, shortName, kind }) => [
    person(id, { name: `${shortName} 担当`, unit: id, roles: ['staff'] }),
    person(`lead-${id}`, {
      name: `${shortName} ${kind === 'office' ? '所長' : '企画担当'}`,
      unit: id,
      roles: ['lead'],
    }),
  ])
  return [
    ...ofUnits,
    person('hq', { name: '本部事務局 担当', unit: 'somu', roles: ['hq'] }),
    person('admin', { name: 'システム管理者', unit: 'somu', roles: ['admin'] }),
    person('exec', { name: '本部長', unit: 'somu', roles: ['executive'] }),
    person('evaluator1', { name: '評価者 一', unit: 'labor-kameido', roles: ['evaluator'] }),
    person('evaluator2', { name: '評価者 二', unit: 'vsdc-itabashi', roles: ['evaluator'] }),
    person('evaluator3', { name: '評価者 三', unit: 'agri-promotion', roles: ['evaluator'] }),
  ]
}

async function addPeople(deps: Deps, units: readonly Unit[]): Promise<void> {
  const people = demoPeople(units)
  const there = await records(
    deps,
    people.map(({ uid }) => uid),
  )
  const missing = people.filter(({ uid }) => !there.has(uid))
  if (missing.length === 0) return
  const passwordHash = await hashPassword(DEMO_PASSWORD)
  // Firestore takes 500 writes in a transaction; a member is seven.
  for (let start = 0; start < missing.length; start += MAX_PUSH_MUTATIONS) {
    const batch = missing.slice(start, start + MAX_PUSH_MUTATIONS)
    const created = await createAccounts(
      deps,
      batch.map((person) => ({ ...person, passwordHash })),
    )
    if (!created.ok) throw new Error(`A demo account was refused: ${JSON.stringify(created.error)}`)
  }
}

async function addImporterDevice(deps: Deps): Promise<void> {
  const id = asRecordId(IMPORTER.deviceId)
  if ((await records(deps, [id])).size > 0) return
  const [from, at] = [null, deps.now()]
  await commit(deps, [
    {
      v: deviceType.version,
      op: 'create',
      type: deviceType.name,
      id,
      stage: null,
      set: {
        stage: { from, to: 'active' },
        owner: { from, to: IMPORTER.uid },
        label: { from, to: '見本の取込' },
        enrolledAt: { from, to: at },
      },
      blobs: [],
      at,
    },
  ])
}

/** The 32 rows go the way every tablet's do: through push, as headquarters. */
async function importInitiativeList(deps: Deps, units: readonly Unit[]): Promise<number> {
  const list = readDemoCsv(`initiatives-fy${DEMO_FISCAL_YEAR}`)
  const existing = await records(deps, importedInitiativeIds(list.rows, DEMO_FISCAL_YEAR))
  const at = deps.now()
  const intentions = accepted(
    importInitiatives({
      rows: list.rows,
      units,
      fiscalYear: DEMO_FISCAL_YEAR,
      existing,
      actor: { uid: IMPORTER.uid, unit: asUnitId('somu'), roles: ['hq'] },
      at,
    }),
    list,
  )
  const lmid = (await deps.storage.read((tx) => tx.get('clients', CLIENT_ID)))?.lmid ?? 0
  const mutations = intentions.map((intention, index) => ({
    ...intention,
    mid: lmid + index + 1,
    base: { rev: existing.get(intention.id)?.rev ?? 0 },
  }))
  for (let start = 0; start < mutations.length; start += MAX_PUSH_MUTATIONS) {
    const batch = mutations.slice(start, start + MAX_PUSH_MUTATIONS)
    const pushed = await push(deps, IMPORTER, {
      protocol: PROTOCOL_VERSION,
      clientId: CLIENT_ID,
      mutations: batch,
    })
    const refused = !pushed.ok || pushed.value.type !== 'receipts' ? pushed : undefined
    if (refused !== undefined) throw new Error(`The demo import was refused: ${JSON.stringify(refused)}`)
  }
  return mutations.length
}

function readDemoCsv(name: string): CsvContent {
  return readCsv(readFileSync(new URL(`../demo/${name}.csv`, import.meta.url), 'utf8'))
}

/** The plan's intentions; our own files have no errors. */
function accepted(plan: ImportPlan, file: CsvContent): readonly Intention[] {
  const errors = [...file.errors, ...plan.errors]
  if (errors.length > 0) throw new Error(`The demo data has errors: ${JSON.stringify(errors)}`)
  return plan.intentions
}

async function commit(deps: Deps, intentions: readonly Intention[]): Promise<void> {
  const committed = await commitAs(deps, SYSTEM, intentions)
  if (!committed.ok) throw new Error(`The demo data was refused: ${JSON.stringify(committed.error)}`)
}

async function records(deps: Deps, ids: readonly string[]): Promise<Map<string, StoredRecord>> {
  const docs = await deps.storage.read((tx) => tx.getAll('records', ids))
  return new Map(docs.flatMap((doc) => (doc === undefined ? [] : [[doc.record.id, doc.record]])))
}
