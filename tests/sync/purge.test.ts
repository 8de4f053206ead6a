/** [S18] Personal data stored by mistake is destroyed everywhere: the word is put wherever the product keeps anything, and looked for. */
import { join } from 'node:path'
import * as fc from 'fast-check'
import { IDBFactory } from 'fake-indexeddb'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { putBlobChunk } from '../../functions/src/handlers/blobs.ts'
import type { Caller } from '../../functions/src/handlers/context.ts'
import { importHeld } from '../../functions/src/handlers/held.ts'
import { history } from '../../functions/src/handlers/history.ts'
import { purge, purgeExtent } from '../../functions/src/handlers/purge.ts'
import { push } from '../../functions/src/handlers/push.ts'
import { openSqliteStorage } from '../../functions/src/storage/sqlite.ts'
import type { Storage } from '../../functions/src/storage/storage.ts'
import type { Actor } from '../../src/domain/actor.ts'
import { asDeviceId, asRecordId, asUid } from '../../src/domain/ids.ts'
import type { Json } from '../../src/domain/json.ts'
import { type Intention, mutationJson } from '../../src/domain/mutation.ts'
import type { PurgeScope } from '../../src/domain/purge.ts'
import { PURGED_VALUE } from '../../src/domain/purgeMark.ts'
import { checkIdOf } from '../../src/domain/types/check.ts'
import { cycleIdOf } from '../../src/domain/types/cycle.ts'
import { PROTOCOL_VERSION, type Receipt } from '../../src/domain/wire.ts'
import { memoryBlobs } from '../support/memoryBlobs.ts'
import { type PhotoStation, openPhotos, picture, savePhoto, sha256 } from '../support/photoStation.ts'
import { type SnapshotServer, serveSnapshots } from '../support/snapshots.ts'
import { inconsistencies } from '../support/storeConsistency.ts'
import { end } from '../support/revocable.ts'
import { tempDir } from '../support/tempDir.ts'
import { tracesInBlobs, tracesInStore, tracesOnTablet } from '../support/traces.ts'
import {
  type World,
  draftValues,
  enrol,
  intention,
  newId,
  openStation,
  save,
  shown,
  worldOn,
} from '../support/world.ts'

/** Search finds it as it is written. */
const WORD = '秘密太郎'
const CLEAN = '相談した人への対応をまとめる。'
const PACKS = { min: 2, rows: 3 }

let world: World
let path: string
let photos: Map<string, Uint8Array>
let snapshots: SnapshotServer
const stations: PhotoStation[] = []
const row = newId()

const callerOf = (uid: string): Caller => ({ uid: asUid(uid), deviceId: asDeviceId(`dev-${uid}`) })

beforeEach(async () => {
  const directory = await tempDir()
  path = join(directory.path, 'store.sqlite')
  const opened = [openSqliteStorage({ path })]
  world = await worldOn({
    connect: () => opened[0] ?? openSqliteStorage({ path }),
    dispose: async () => {
      for (const storage of opened) await storage.close()
      await directory.remove()
    },
  })
  photos = new Map()
  snapshots = serveSnapshots(world)
})
afterEach(async () => {
  for (const station of stations.splice(0)) {
    await station.engine.stop()
    station.tablet.close()
  }
  await world.close()
})

/** A tablet that keeps rows in packs, with photos. */
async function open(actor: Actor): Promise<PhotoStation> {
  const disk = new IDBFactory()
  const station = await openStation(world, actor, disk, { packs: PACKS })
  const opened = {
    ...station,
    ...(await openPhotos(world, { tablet: station.tablet, actor, objects: photos })),
    disk,
  }
  stations.push(opened)
  return opened
}

/** Pushes one mutation as it is, whatever a tablet would say of it. */
async function pushRaw(uid: string, what: Intention, base: Json = { rev: 0 }): Promise<Receipt | undefined> {
  const clientId = newId()
  const mutations = [{ ...mutationJson(what), mid: 1, base }]
  const answer = await push(world.deps, callerOf(uid), { protocol: PROTOCOL_VERSION, clientId, mutations })
  return answer.ok && answer.value.type === 'receipts' ? answer.value.receipts[0] : undefined
}

const purgeDeps = () => ({
  ...world.deps,
  blobs: memoryBlobs(photos),
  forget: () => snapshots.forget(),
})
const destroy = (scope: PurgeScope, id: string = row) =>
  purge(purgeDeps(), callerOf('hq'), { id, scope, reason: '住民の氏名が書かれていたため' })

const textEdit = (from: string, to: string, field = 'detail'): Intention =>
  intention('initiative', 'edit', {
    id: row,
    set: { [field]: to },
    from: { [field]: from },
    stage: 'submitted',
  })

interface Filled {
  readonly author: PhotoStation
  readonly colleague: PhotoStation
  readonly elsewhere: PhotoStation
  readonly office: PhotoStation
}

/** The word in the row's 具体的な取組内容 and wherever that leads; `hanging`: in what hangs on the row too. */
async function fill({ hanging }: { readonly hanging: boolean }): Promise<Filled> {
  const lead = await enrol(world, 'lead', 'kameido', ['staff', 'lead'])
  const staff = await enrol(world, 'staff', 'kameido', ['staff'])
  const other = await enrol(world, 'other', 'osaki', ['staff', 'lead'])
  const hq = await enrol(world, 'hq', 'somu', ['hq'])
  const author = await open(lead)
  const first = `${WORD}さんから苦情があった。`
  await save(author, create(row, { detail: first }))
  for (const n of [1, 2, 3, 4]) await save(author, create(newId(), { detail: `ほかの取組${n}` }))
  if (hanging) {
    const note = newId()
    await save(
      author,
      intention('note', 'create', {
        id: note,
        set: { stage: 'posted', initiative: row, text: `${WORD}に電話` },
      }),
    )
    const held = await author.shelf.hold('form', picture())
    await savePhoto(author, held, row)
  }
  await author.sync()
  await author.queue.run()
  if (hanging)
    await pushRaw(
      'hq',
      intention('feedback', 'create', {
        id: newId(),
        set: { stage: 'open', initiative: row, kind: 'request', text: `${WORD}の件はどうなりましたか` },
      }),
    )
  // Elsewhere it comes among others, so that it lies in a pack.
  const elsewhere = await open(other)
  const colleague = await open(staff)
  const office = await open(hq)
  for (const station of [elsewhere, colleague, office]) {
    await station.sync()
    for (const { record } of await station.tablet.records.where('photo', 'initiative', row)) {
      const sha256 = String(record.fields['sha256'])
      const bytes = new TextEncoder().encode(`${WORD}の顔`).buffer
      await station.shelf.cache({ id: record.id, field: 'sha256', sha256 }, bytes)
    }
  }
  // Two go on from it at once.
  colleague.network.online = false
  await save(colleague, textEdit(first, `${WORD}さんに謝った。`))
  await save(author, textEdit(first, `${WORD}さんに会った。`))
  await author.sync()
  colleague.network.online = true
  await colleague.sync()
  // Kept aside: somebody who may not, and a file that headquarters took in.
  await pushRaw('other', textEdit(first, `${WORD}さんは大崎にも来た。`))
  await takeFile([mutationJson(textEdit(first, `${WORD}さんの住所`))])
  expect(await snapshots.ask(other, { protocol: PROTOCOL_VERSION, cursors: {} })).toMatchObject({ ok: true })
  await save(author, textEdit(`${WORD}さんに会った。`, CLEAN))
  for (const station of [author, colleague]) {
    await station.sync()
    await station.sync()
  }
  return { author, colleague, elsewhere, office }
}

const create = (id: string, set: Record<string, Json>): Intention =>
  intention('initiative', 'create', {
    id,
    set: { ...draftValues('kameido', '窓口の改善'), stage: 'submitted', ...set },
  })

async function traces(all: readonly PhotoStation[]): Promise<string[]> {
  const here = await Promise.all(all.map(({ disk, actor }) => tracesOnTablet(disk, actor.uid, WORD)))
  return [...tracesInStore(path, WORD), ...tracesInBlobs(snapshots.objects, WORD), ...here.flat()]
}

describe.each<{ scope: PurgeScope }>([{ scope: 'record' }, { scope: ['detail'] }])('$scope', ({ scope }) => {
  test('[S18] nothing is left of it, on the server nor on any tablet that has synced', async () => {
    const hanging = scope === 'record'
    const { author, colleague, elsewhere, office } = await fill({ hanging })
    const all = [author, colleague, elsewhere, office]
    for (const station of all)
      expect(await tracesOnTablet(station.disk, station.actor.uid, WORD)).not.toEqual([])
    expect(await traces([])).not.toEqual([])
    expect(photos.size).toBe(hanging ? 2 : 0)

    const expected = await purgeExtent(world.deps, callerOf('hq'), { id: row, scope })
    const done = await destroy(scope)
    expect(done).toEqual(expected)
    expect(done).toMatchObject({ ok: true, value: { conflicts: 1, openConflicts: 1, parked: 2 } })
    for (const station of all) await station.sync()
    for (const station of all) await station.sync()

    expect(await traces(all)).toEqual([])
    expect(photos.size).toBe(0)
    for (const { shelf } of all) expect(await shelf.waiting()).toEqual([])
    expect(inconsistencies(path)).toEqual([])
    const left = await Promise.all(all.map((station) => shown(station, row)))
    for (const fields of left) expect(fields?.['detail']).toBe(hanging ? undefined : CLEAN)
  })
})

const read = (station: PhotoStation) => history(world.deps, callerOf(station.actor.uid), { id: row })

test('[S18] histories go on telling who changed what and when, and what was destroyed and why', async () => {
  const { author, elsewhere } = await fill({ hanging: false })
  await destroy(['detail'])
  for (const station of [author, elsewhere]) {
    const answer = await read(station)
    if (!answer.ok) throw new Error('no history')
    const changes = answer.value.entries.flatMap(({ set, conflicted }) => [
      ...Object.values({ detail: set['detail'] }),
      ...conflicted,
    ])
    expect(changes).toEqual([
      { from: null, to: PURGED_VALUE },
      { from: PURGED_VALUE, to: PURGED_VALUE },
      undefined,
      'detail',
      { from: PURGED_VALUE, to: CLEAN },
      undefined,
    ])
    expect(answer.value.entries.at(-1)).toMatchObject({
      ...{ op: 'purge', by: 'hq', set: {} },
      purge: { scope: ['detail'], reason: '住民の氏名が書かれていたため' },
    })
  }
})

test('[S18] an edit that set out from a destroyed value is parked without its content; one from the present value is taken', async () => {
  const { author, colleague } = await fill({ hanging: false })
  const late = await open(await enrol(world, 'late', 'kameido', ['staff']))
  await late.sync()
  await save(late, textEdit(CLEAN, `${CLEAN}来週また会う。`))
  late.network.online = false
  await save(author, textEdit(CLEAN, `${WORD}に対応した。`))
  await author.sync()
  await colleague.sync()
  colleague.network.online = false
  await save(colleague, textEdit(`${WORD}に対応した。`, `${WORD}に2回対応した。`))
  await save(author, textEdit(`${WORD}に対応した。`, CLEAN))
  await author.sync()
  expect(await destroy(['detail'])).toMatchObject({ ok: true })

  for (const station of [colleague, late]) {
    station.network.online = true
    await station.sync()
  }
  const waiting = await colleague.tablet.outbox.unsettled()
  expect(waiting).toMatchObject([{ state: 'parked', receipt: { reason: { type: 'purged' } } }])
  expect(await late.tablet.outbox.unsettled()).toEqual([])
  expect((await shown(late, row))?.['detail']).toBe(`${CLEAN}来週また会う。`)
  expect(tracesInStore(path, WORD)).toEqual([])
  // What the person lets go is not kept for a restored server either.
  await colleague.tablet.outbox.discardParked(waiting[0]?.n ?? 0)
  expect(await tracesOnTablet(colleague.disk, 'staff', WORD)).toEqual([])
})

test('[S18] edits made one on another offline do not carry a destroyed value past the mark', async () => {
  const { author, colleague } = await fill({ hanging: false })
  await save(author, textEdit(CLEAN, `${WORD}に対応した。`))
  await author.sync()
  await colleague.sync()
  colleague.network.online = false
  const background = (await shown(colleague, row))?.['background'] ?? null
  await save(
    colleague,
    intention('initiative', 'edit', {
      ...{ id: row, set: { background: '苦情が続いた。' }, from: { background }, stage: 'submitted' },
    }),
  )
  await save(colleague, textEdit(`${WORD}に対応した。`, `${WORD}に2回対応した。`))
  await save(author, textEdit(`${WORD}に対応した。`, CLEAN))
  await author.sync()
  expect(await destroy(['detail'])).toMatchObject({ ok: true })

  colleague.network.online = true
  await colleague.sync()
  const waiting = await colleague.tablet.outbox.unsettled()
  expect(waiting.map(({ receipt }) => receipt?.reason?.type)).toEqual(['purged'])
  expect(await shown(author, row)).toMatchObject({ detail: CLEAN })
  expect(tracesInStore(path, WORD)).toEqual([])
})

test('[S18] a form that was open before the purge does not bring a destroyed value back; what was overtaken since is merged', async () => {
  const { author } = await fill({ hanging: false })
  await destroy(['detail'])
  await author.sync()
  await save(author, textEdit(`${WORD}さんに会った。`, `${WORD}さんに会った。また来る。`))
  await author.sync()
  expect(await author.tablet.outbox.unsettled()).toMatchObject([{ receipt: { reason: { type: 'purged' } } }])
  expect(tracesInStore(path, WORD)).toEqual([])

  await pushRaw('lead', textEdit(CLEAN, `${CLEAN}来週会う。`))
  const late = await pushRaw('staff', textEdit(CLEAN, `報告した。${CLEAN}`))
  expect(late).toMatchObject({ outcome: 'merged' })
})

test('[S18] a decision about a destroyed 要確認 does not publish its text, even if another has been opened since', async () => {
  const { author, colleague } = await fill({ hanging: false })
  const [conflict] = await author.tablet.records.where('conflict', 'target', row)
  const decide: Intention = intention('initiative', 'resolve', {
    ...{ id: row, set: { detail: `${WORD}さんに謝った。` }, from: { detail: CLEAN }, stage: 'submitted' },
    ...(conflict === undefined ? {} : { resolves: conflict.record.id }),
  })
  await destroy(['detail'])
  await pushRaw('lead', textEdit(CLEAN, '窓口で対応した。'))
  await pushRaw('staff', textEdit(CLEAN, '電話で対応した。'))
  await pushRaw('lead', textEdit('窓口で対応した。', CLEAN))
  for (const uid of ['lead', 'staff'])
    expect(await pushRaw(uid, decide)).toMatchObject({ outcome: 'parked', reason: { type: 'purged' } })
  expect(tracesInStore(path, WORD)).toEqual([])

  await author.sync()
  await colleague.sync()
  const open = await author.tablet.records.where('conflict', 'target', row)
  expect(open.filter(({ record }) => record.stage === 'open')).toMatchObject([
    { record: { fields: { mine: '電話で対応した。' } } },
  ])
})

/** A file of the colleague's outbox, taken in by headquarters. */
async function takeFile(mutations: readonly { readonly [key: string]: Json }[]): Promise<unknown[]> {
  const clientId = newId()
  const answer = await importHeld(world.deps, callerOf('hq'), {
    ...{ uid: 'staff', deviceId: 'dev-staff', clientId },
    mutations: mutations.map((mutation, index) => ({ ...mutation, mid: index + 1, base: { rev: 1 } })),
  })
  if (!answer.ok || answer.value.type !== 'receipts') throw new Error('The file was not taken.')
  return answer.value.receipts.map(({ reason }) => reason?.type)
}
const noteOf = (text: string): Intention =>
  intention('note', 'create', { id: newId(), set: { stage: 'posted', initiative: row, text } })

test('[S18] what may not come back is not kept undecided either; the rest is', async () => {
  const { author } = await fill({ hanging: true })
  const [conflict] = await author.tablet.records.where('conflict', 'target', row)
  const resolve = { op: 'resolve', resolves: conflict?.record.id ?? '' } as const
  await destroy(['detail'])
  const reasons = await takeFile([
    mutationJson(textEdit(`${WORD}さんに会った。`, `${WORD}さんにまた会った。`)),
    { ...mutationJson(textEdit(CLEAN, `${WORD}さんに謝った。`)), ...resolve },
    { ...mutationJson(textEdit(CLEAN, WORD)), v: 'いち' },
    mutationJson(textEdit(CLEAN, '窓口で対応した。')),
    mutationJson(noteOf('電話で対応した。')),
  ])
  expect(reasons).toEqual(['purged', 'purged', 'purged', 'quarantined', 'quarantined'])

  await destroy('record')
  expect(await takeFile([mutationJson(noteOf(`${WORD}に電話`))])).toEqual(['purged'])
  expect(tracesInStore(path, WORD)).toEqual([])
})

test('[S18] of a record that was destroyed nothing comes back, nor does anything hang on it again', async () => {
  const { author, colleague } = await fill({ hanging: true })
  colleague.network.online = false
  await save(colleague, textEdit(CLEAN, `${WORD}にまた会った。`))
  await save(
    colleague,
    intention('note', 'create', { id: newId(), set: { stage: 'posted', initiative: row, text: `${WORD}` } }),
  )
  await destroy('record')
  colleague.network.online = true
  await colleague.sync()
  await author.sync()
  const waiting = await colleague.tablet.outbox.unsettled()
  expect(waiting.map(({ receipt }) => receipt?.reason?.type)).toEqual(['purged', 'purged'])
  // A stopped tablet's outbox is kept undecided, but not this.
  await takeFile([mutationJson(textEdit(CLEAN, WORD))])
  expect(tracesInStore(path, WORD)).toEqual([])
  expect(await shown(author, row)).toBeUndefined()
})

test('[S18] broken off at any place and sent again it finishes; once more it has nothing to do', async () => {
  const { author, elsewhere } = await fill({ hanging: true })
  const { storage } = world.deps
  for (let allowed = 0; ; allowed += 1) {
    let left = allowed
    const transact: Storage['transact'] = (work) => {
      left -= 1
      return left < 0 ? Promise.reject(new Error('The power went.')) : storage.transact(work)
    }
    const failing = { ...storage, transact }
    const done = await purge({ ...purgeDeps(), storage: failing }, callerOf('hq'), {
      ...{ id: row, scope: 'record', reason: '氏名' },
    }).catch(() => undefined)
    if (done?.ok === true) break
    expect(allowed).toBeLessThan(40)
  }
  for (const station of [author, elsewhere]) await station.sync()
  expect(await traces([elsewhere])).toEqual([])
  const again = await destroy('record')
  expect(again).toEqual({
    ok: true,
    value: { history: 0, conflicts: 0, openConflicts: 0, parked: 0, records: {} },
  })
  const answer = await history(world.deps, callerOf('hq'), { id: row })
  expect(answer.ok && answer.value.entries.filter(({ op }) => op === 'purge')).toHaveLength(1)
  expect(inconsistencies(path)).toEqual([])
})

test('[S18] what stays is what headquarters has looked at: changed since, nothing is destroyed', async () => {
  const { office } = await fill({ hanging: false })
  await office.sync()
  const rev = (await office.tablet.records.read(asRecordId(row)))?.record.rev ?? 0
  const ask = { id: row, scope: ['detail'], reason: '住民の氏名', rev }
  await pushRaw('lead', textEdit(CLEAN, `${WORD}に対応した。`))
  const before = await read(office)
  expect(await purge(purgeDeps(), callerOf('hq'), ask)).toEqual({ ok: false, error: { type: 'changed' } })
  expect(await read(office)).toEqual(before)

  await pushRaw('lead', textEdit(`${WORD}に対応した。`, CLEAN))
  const now = { ...ask, rev: rev + 2 }
  // What is written elsewhere in the row meanwhile is no matter.
  await pushRaw(
    'lead',
    intention('initiative', 'edit', { id: row, set: { plan: '続ける。' }, stage: 'submitted' }),
  )
  expect(await purge(purgeDeps(), callerOf('hq'), now)).toMatchObject({ ok: true })
  expect(tracesInStore(path, WORD)).toEqual([])
})

test.each<{ scope: PurgeScope }>([{ scope: 'record' }, { scope: ['detail'] }])(
  '[S18] asked for several times at once it is done, and told, once: $scope',
  async ({ scope }) => {
    const { author, elsewhere } = await fill({ hanging: true })
    const all = await Promise.all([destroy(scope), destroy(scope), destroy(scope)])
    expect(all.every(({ ok }) => ok)).toBe(true)
    const answer = await history(world.deps, callerOf('hq'), { id: row })
    expect(answer.ok && answer.value.entries.filter(({ op }) => op === 'purge')).toHaveLength(1)
    if (scope !== 'record') return
    for (const station of [author, elsewhere]) await station.sync()
    expect(await traces([elsewhere])).toEqual([])
  },
)

test('[S18] a photo is destroyed by itself, its bytes and its words', async () => {
  const { author, office } = await fill({ hanging: true })
  const [photo] = await office.tablet.records.where('photo', 'initiative', row)
  expect(await destroy('record', photo?.record.id)).toMatchObject({
    ok: true,
    value: { records: { photo: 1 } },
  })
  expect(photos.size).toBe(0)
  for (const station of [author, office]) {
    await station.sync()
    expect(await station.shelf.read(String(photo?.record.fields['sha256']))).toBeUndefined()
    expect(await shown(station, row)).toBeDefined()
  }
})

test('[S18] a photo that was removed before takes its bytes along too; those of others stay', async () => {
  const { elsewhere, office } = await fill({ hanging: true })
  const [photo] = await office.tablet.records.where('photo', 'initiative', row)
  const id = photo?.record.id ?? row
  const other = { sha256: 'f'.repeat(64), bytes: new TextEncoder().encode('別の写真').buffer }
  const facts = { width: 640, height: 480, bytes: 12, sha256: other.sha256, thumbSha256: 'e'.repeat(64) }
  const [, another] = await office.tablet.records.where('initiative', 'leadUnit', 'kameido')
  await pushRaw(
    'lead',
    intention('photo', 'create', {
      ...{ id: newId(), set: { stage: 'posted', initiative: another?.record.id ?? row, ...facts } },
    }),
  )
  await pushRaw('lead', intention('photo', 'remove', { id, set: {}, stage: 'posted' }), { rev: 1 })
  for (const station of [elsewhere, office]) {
    await station.sync()
    expect(await station.tablet.records.where('photo', 'initiative', row)).toEqual([])
    await station.shelf.cache({ id: asRecordId(newId()), field: 'sha256', sha256: other.sha256 }, other.bytes)
  }
  await destroy('record')
  for (const station of [elsewhere, office]) {
    await station.sync()
    expect(await station.shelf.read(other.sha256)).toBeDefined()
    expect(await tracesOnTablet(station.disk, station.actor.uid, WORD)).toEqual([])
  }
})

test('[S18] bytes of a photo that was kept aside go with it, and those that are just coming in', async () => {
  const { author } = await fill({ hanging: true })
  const held = newId()
  const { sha256: hash, thumbSha256, width, height, bytes } = picture()
  const facts = { sha256: hash, thumbSha256, width, height, bytes }
  const aside = intention('photo', 'create', {
    id: held,
    set: { stage: 'posted', initiative: row, ...facts },
  })
  expect(await takeFile([mutationJson(aside)])).toEqual(['quarantined'])

  const [photo] = await author.tablet.records.where('photo', 'initiative', row)
  const id = photo?.record.id ?? asRecordId(row)
  photos.clear()
  const blobs = memoryBlobs(photos)
  const put: typeof blobs.put = async (key, chunk) => {
    await destroy('record')
    await blobs.put(key, chunk)
  }
  photos.set(`photos/${held}/${thumbSha256}.jpg`, new Uint8Array([1]))
  photos.set(`parts/${held}/${hash}/000000000-1`, new Uint8Array([1]))
  const taken = await putBlobChunk(
    { ...world.deps, blobs: { ...blobs, put }, hashBytes: sha256 },
    callerOf('lead'),
    { place: { id, field: 'sha256' }, chunk: { offset: 0, sizeBytes: 9, bytes: new Uint8Array(5) } },
  )
  expect(taken).toEqual({ ok: false, error: { type: 'notFound' } })
  expect([...photos.keys()]).toEqual([])
})

test.each<{ scope: PurgeScope }>([{ scope: 'record' }, { scope: ['detail'] }])(
  '[S18] a form that is kept keeps what was typed, not what it began from: $scope',
  async ({ scope }) => {
    const { elsewhere: station } = await fill({ hanging: false })
    const started = (await station.tablet.records.read(asRecordId(row)))?.record
    expect(started?.fields['detail']).toContain(WORD)
    const forms = {
      untouched: { recordId: row, started, draft: { detail: started?.fields['detail'], plan: '続ける。' } },
      edited: { recordId: row, started, draft: { detail: '窓口で会った。', plan: '' } },
    }
    for (const [id, value] of Object.entries(forms)) await station.tablet.forms.keep(id, value)
    await destroy(scope)
    await station.sync()
    expect(await tracesOnTablet(station.disk, station.actor.uid, WORD)).toEqual([])
    const now = scope === 'record' ? '' : CLEAN
    expect(await station.tablet.forms.load('untouched')).toMatchObject({
      draft: { detail: now, plan: '続ける。' },
    })
    expect(await station.tablet.forms.load('edited')).toMatchObject({
      ...{ started: { fields: { detail: PURGED_VALUE } }, draft: { detail: '窓口で会った。' } },
    })
    const late = intention('initiative', 'edit', {
      ...{ id: row, set: { detail: '窓口で会った。' }, from: { detail: PURGED_VALUE }, stage: 'submitted' },
    })
    expect(await pushRaw('staff', late)).toMatchObject({ reason: { type: 'purged' } })
  },
)

test('[S18] a note takes the photos taken for it along', async () => {
  const { office } = await fill({ hanging: true })
  const [note] = await office.tablet.records.where('note', 'initiative', row)
  const { sha256: hash, thumbSha256, width, height, bytes } = picture()
  const facts = { sha256: hash, thumbSha256, width, height, bytes, note: note?.record.id ?? '' }
  const added = await pushRaw(
    'lead',
    intention('photo', 'create', { id: newId(), set: { stage: 'posted', initiative: row, ...facts } }),
  )
  expect(added?.outcome).toBe('accepted')
  expect(await destroy('record', note?.record.id)).toMatchObject({
    ok: true,
    value: { records: { note: 1, photo: 1 } },
  })
  // One that comes late is not taken.
  const late = { ...facts, sha256: thumbSha256, thumbSha256: hash }
  const refused = await pushRaw(
    'lead',
    intention('photo', 'create', { id: newId(), set: { stage: 'posted', initiative: row, ...late } }),
  )
  expect(refused?.reason?.type).toBe('purged')
})

const act = fc.record({
  tablet: fc.nat({ max: 2 }),
  kind: fc.constantFrom('edit', 'edit', 'edit', 'note', 'sync', 'sync', 'offline', 'online', 'purge'),
})
/** Same seed, same courses of events. */
const COURSES = fc.sample(fc.array(act, { minLength: 12, maxLength: 30 }), { numRuns: 5, seed: 18 })

test.each(COURSES.map((acts, n) => ({ n, acts })))(
  '[S18] course of events $n: whatever was purged and synced in between, in the end nothing is left, and all agree',
  async ({ acts }) => {
    const lead = await enrol(world, 'lead', 'kameido', ['staff', 'lead'])
    const staff = await enrol(world, 'staff', 'kameido', ['staff'])
    const other = await enrol(world, 'other', 'osaki', ['staff', 'lead'])
    await enrol(world, 'hq', 'somu', ['hq'])
    const author = await open(lead)
    await save(author, create(row, { detail: `${WORD}の初め。` }))
    for (const n of [1, 2, 3]) await save(author, create(newId(), { detail: `ほかの取組${n}` }))
    await author.sync()
    const all = [author, await open(staff), await open(other)]
    for (const station of all) await station.sync()
    const detailOn = async (station: PhotoStation): Promise<string> =>
      String((await shown(station, row))?.['detail'])

    for (const [n, { tablet, kind }] of acts.entries()) {
      const station = all[tablet] ?? author
      if (kind === 'offline' || kind === 'online') station.network.online = kind === 'online'
      if (kind === 'sync') await station.sync()
      if (kind === 'purge') expect(await destroy(['detail'])).toMatchObject({ ok: true })
      if (tablet === 2) continue
      if (kind === 'edit') await save(station, textEdit(await detailOn(station), `${WORD}に${n}回。`))
      if (kind === 'note') {
        const set = { stage: 'posted', initiative: row, text: `${WORD}に電話、${n}。` }
        await save(station, intention('note', 'create', { id: newId(), set }))
      }
    }

    for (const station of all) {
      station.network.online = true
      await station.sync()
    }
    await author.sync()
    await save(author, textEdit(await detailOn(author), CLEAN))
    await author.sync()
    const notes = await author.tablet.records.where('note', 'initiative', row)
    for (const id of notes.map(({ record }) => record.id)) await destroy('record', id)
    expect(await destroy(['detail'])).toMatchObject({ ok: true })
    for (const station of all) {
      await station.sync()
      for (const { n } of await station.tablet.outbox.unsettled())
        await station.tablet.outbox.discardParked(n)
      await station.sync()
      expect(await detailOn(station)).toBe(CLEAN)
    }
    expect(await traces(all)).toEqual([])
    expect(inconsistencies(path)).toEqual([])
  },
)

test('[S18] what is written in meetings and 点検票 can be destroyed as well', async () => {
  const { office } = await fill({ hanging: false })
  const [meeting, minute, action] = [newId(), newId(), newId()]
  const cycle = cycleIdOf(2026, 'interim')
  const check = checkIdOf(cycle, asRecordId(row))
  const made = [
    intention('meeting', 'create', {
      id: meeting,
      set: {
        stage: 'planned',
        kind: 'board',
        title: `${WORD}の件`,
        date: '2026-11-20',
        place: `${WORD}宅`,
      },
    }),
    intention('minute', 'create', { id: minute, set: { stage: 'posted', meeting, text: `${WORD}が発言` } }),
    intention('action', 'create', {
      id: action,
      set: { stage: 'open', meeting, text: `${WORD}に連絡`, owner: 'kameido' },
    }),
    intention('cycle', 'create', {
      id: cycle,
      set: {
        ...{ stage: 'open', fiscalYear: 2026, kind: 'interim', note: `${WORD}のこと` },
        ...{ opens: '2026-10-01', dueDate: '2026-12-01' },
      },
    }),
  ]
  for (const what of made) expect((await pushRaw('hq', what))?.reason).toBeUndefined()
  const written = intention('check', 'create', {
    id: check,
    set: { stage: 'draft', initiative: row, cycle, kind: 'interim', opinions: [WORD], issues: WORD },
  })
  expect(await pushRaw('lead', written)).toMatchObject({ outcome: 'accepted' })
  const clear = (type: string, id: string, from: Record<string, Json>, stage: string): Intention =>
    intention(type, 'edit', {
      ...{ id, from, stage, set: Object.fromEntries(Object.keys(from).map((field) => [field, null])) },
    })
  await pushRaw('hq', clear('cycle', cycle, { note: `${WORD}のこと` }, 'open'), { rev: 1 })
  await pushRaw('lead', clear('check', check, { opinions: [WORD], issues: WORD }, 'draft'), { rev: 1 })
  await office.sync()

  for (const id of [check, cycle])
    expect(await destroy('record', id)).toEqual({ ok: false, error: { type: 'invalid' } })
  expect(await destroy(['opinions', 'issues'], check)).toMatchObject({ ok: true, value: { history: 2 } })
  expect(await destroy(['note'], cycle)).toMatchObject({ ok: true, value: { history: 2 } })
  expect(await destroy('record', minute)).toMatchObject({ ok: true, value: { records: { minute: 1 } } })
  expect(await destroy('record', meeting)).toMatchObject({
    ok: true,
    value: { records: { meeting: 1, action: 1 } },
  })
  await destroy(['detail'])
  await office.sync()
  expect(await traces([office])).toEqual([])
  expect(await shown(office, cycle)).toMatchObject({ fiscalYear: 2026 })
})

describe('who may', () => {
  const ask = { id: row, scope: 'record', reason: '氏名' }
  let hq: Actor
  beforeEach(async () => {
    hq = (await fill({ hanging: false })).office.actor
    await enrol(world, 'exec', 'somu', ['executive'])
    await enrol(world, 'admin', 'somu', ['admin'])
  })

  test('[S18] nobody but headquarters, not even an administrator; a stopped person or tablet neither', async () => {
    const isRefused = async (uid: string, type: string): Promise<void> => {
      const refused = { ok: false, error: { type } }
      expect(await purge(purgeDeps(), callerOf(uid), ask)).toEqual(refused)
      expect(await purgeExtent(world.deps, callerOf(uid), { id: row, scope: 'record' })).toEqual(refused)
    }
    for (const uid of ['lead', 'staff', 'other', 'exec', 'admin']) await isRefused(uid, 'forbidden')
    await end(world, hq, 'device')
    await isRefused('hq', 'revoked')
    expect(tracesInStore(path, WORD)).not.toEqual([])
  })

  test('[S18] a reason, and fields in which people write freely, of records that headquarters reads', async () => {
    const refused = [
      { ...ask, reason: ' ' },
      { ...ask, reason: 'あ'.repeat(201) },
      { ...ask, scope: [] },
      { ...ask, scope: ['no'] },
      { ...ask, scope: ['progress'] },
      { ...ask, scope: 'everything' },
      { id: row, scope: 'record' },
      { ...ask, extra: 1 },
      { ...ask, rev: -1 },
    ]
    for (const body of refused)
      expect(await purge(purgeDeps(), callerOf('hq'), body)).toEqual({
        ok: false,
        error: { type: 'invalid' },
      })
    const draft = newId()
    const values = draftValues('kameido', '下書き')
    await pushRaw('lead', intention('initiative', 'create', { id: draft, set: values }))
    for (const id of ['staff', 'dev-staff', draft, newId()])
      expect(await destroy('record', id)).toEqual({ ok: false, error: { type: 'notFound' } })
  })
})
