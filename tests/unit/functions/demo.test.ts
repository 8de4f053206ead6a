/** The demo: the source's 32 rows as they stand there, through the same push every tablet uses. */
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readCsv } from '../../../src/domain/csv.ts'
import { DEMO_FISCAL_YEAR, DEMO_PASSWORD, importDemo, loadDemo } from '../../../functions/src/demo.ts'
import { pull } from '../../support/pulling.ts'
import { signIn } from '../../../functions/src/handlers/session.ts'
import { openTokens } from '../../../functions/src/identity/tokens.ts'
import { importedInitiativeId } from '../../../src/domain/importIdentity.ts'
import type { StoredRecord } from '../../../src/domain/record.ts'
import { readInitiative } from '../../../src/domain/types/initiative.ts'
import { PROTOCOL_VERSION } from '../../../src/domain/wire.ts'
import { type ClockedDeps, openClockedDeps } from '../../support/clockedDeps.ts'
import { makeDeviceKey } from '../../support/deviceKey.ts'
import { parkedOf } from '../../support/parked.ts'

let world: ClockedDeps
beforeAll(async () => {
  world = await openClockedDeps()
  await loadDemo(world.deps)
})
afterAll(() => world.close())

const ofType = (type: string): Promise<StoredRecord[]> =>
  world.deps.storage.read(async (tx) =>
    (await tx.find('recordsByType', { value: type })).map(({ doc }) => doc.record),
  )
const row = async (no: number): Promise<StoredRecord> => {
  const doc = await world.deps.storage.read((tx) =>
    tx.get('records', importedInitiativeId(DEMO_FISCAL_YEAR, no)),
  )
  if (doc === undefined) throw new Error(`row ${no} is missing`)
  return doc.record
}
/** The file's cells, split by hand: it has no quotes, and no comma within a cell. */
const source = readFileSync(
  new URL('../../../functions/demo/initiatives-fy2016.csv', import.meta.url),
  'utf8',
)
  .trimEnd()
  .split(/\r?\n/)
  .slice(1)
  .map((line) => line.split(','))

describe('the 32 rows of 参考2', () => {
  test('M2-12: every row is there once, with No., 取組内容 and 部所名 exactly as in the source', async () => {
    const rows = (await ofType('initiative')).map(readInitiative).sort((a, b) => (a.no ?? 0) - (b.no ?? 0))
    expect(rows).toHaveLength(32)
    expect(rows.map(({ no, title, unitLabel }) => [String(no), title, unitLabel])).toEqual(source)
  })

  test('M1-3: they are 提出済 of 平成28年度 with 進捗 未設定, each with a receipt number', async () => {
    for (const record of await ofType('initiative')) {
      expect(readInitiative(record)).toMatchObject({
        stage: 'submitted',
        fiscalYear: 2016,
        progress: null,
        receiptNo: expect.any(String),
        updatedBy: 'demo-hq',
      })
    }
  })

  test.each([
    [5, 'labor-iidabashi', [], '労働相談情報センター（飯田橋）等'],
    [8, 'labor-kameido', [], '亀戸事務所'],
    [18, 'vsdc-taito', ['leather'], '台東分校 皮革技術センター 等'],
    [23, 'sme-support', [], '(公財)東京都中小企業振興公社'],
    [24, 'intl-forum', [], '㈱東京国際フォーラム'],
    [25, 'shigoto', [], '(公財)東京しごと財団'],
    [26, 'tcvb', [], '(公財)東京観光財団'],
    [27, 'tdfaff', [], '(公財)東京都農林水産振興財団'],
    [28, 'shoko', [], '商工部'],
  ])(
    'M1-1: row %i belongs to %s, jointly with %j, and reads %s',
    async (no, leadUnit, jointUnits, unitLabel) => {
      expect(readInitiative(await row(no))).toMatchObject({ leadUnit, jointUnits, unitLabel })
    },
  )

  test('[S10] importing again changes nothing, however often, also after an interrupted load', async () => {
    const state = (): Promise<unknown> =>
      world.deps.storage.read(async (tx) => [
        await tx.find('recordsByType', { value: 'initiative' }),
        await tx.find('recordsByType', { value: 'unit' }),
        await tx.find('recordsByType', { value: 'member' }),
        await tx.getAll('heads', ['master', 'hq', 'shared/0', 'shared/1', 'shared/2', 'shared/3']),
        await parkedOf(tx, 'demo-hq'),
      ])
    const before = await state()
    world.advance(24 * 60 * 60 * 1000)
    expect(await importDemo(world.deps)).toBe(0)
    await loadDemo(world.deps)
    await world.deps.storage.transact(async (tx) => tx.remove('meta', 'demoLoaded'))
    await loadDemo(world.deps)
    expect(await state()).toEqual(before)
  })

  test('[S12] nothing of the import was parked', async () => {
    const parked = await world.deps.storage.read((tx) => parkedOf(tx, 'demo-hq'))
    expect(parked).toEqual([])
  })
})

describe('units and people', () => {
  test('M3: 35 offices, 6 departments and 7 affiliated bodies in the order of the file', async () => {
    const units = await ofType('unit')
    const count = (kind: string): number => units.filter(({ fields }) => fields['kind'] === kind).length
    expect([count('office'), count('department'), count('affiliate')]).toEqual([35, 6, 7])
    const file = readCsv(readFileSync(new URL('../../../functions/demo/units.csv', import.meta.url), 'utf8'))
    const inOrder = [...units].sort((a, b) => Number(a.fields['order']) - Number(b.fields['order']))
    expect(inOrder.map(({ id }) => id)).toEqual(file.rows.map(({ cells }) => cells['id']))
  })

  test.each([
    ['labor-kameido', '亀戸事務所 担当', ['staff']],
    ['lead-labor-kameido', '亀戸事務所 所長', ['lead']],
    ['lead-shoko', '商工部 企画担当', ['lead']],
    ['hq', '本部事務局 担当', ['hq']],
    ['admin', 'システム管理者', ['admin']],
    ['exec', '本部長', ['executive']],
    ['evaluator3', '評価者 三', ['evaluator']],
  ])('%s@demo.example signs in as %s', async (name, shown, roles) => {
    const { publicKey } = await makeDeviceKey()
    const deps = { ...world.deps, tokens: await openTokens(world.deps.storage) }
    const session = await signIn(deps, {
      email: `${name}@demo.example`,
      password: DEMO_PASSWORD,
      device: { id: null, label: 'test', publicKey },
    })
    if (!session.ok) throw new Error(session.error.type)
    expect(session.value.profile).toMatchObject({ name: shown, roles })
    const answer = await pull(
      world.deps,
      { uid: session.value.profile.uid, deviceId: session.value.deviceId },
      { protocol: PROTOCOL_VERSION, clientId: null, cursors: {} },
    )
    if (!answer.ok) throw new Error(answer.error.type)
    const initiatives = answer.value.pages.flatMap(({ rows }) =>
      rows.filter(({ record }) => record?.type === 'initiative'),
    )
    expect(initiatives).toHaveLength(32)
  })
})
