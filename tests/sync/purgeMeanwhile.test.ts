/** [S18] What was begun before a purge, comes late or at the same time brings nothing back, and what has nothing to do with it is taken. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { BlobStore } from '../../functions/src/blobs/blobStore.ts'
import { putBlobChunk } from '../../functions/src/handlers/blobs.ts'
import { purge } from '../../functions/src/handlers/purge.ts'
import { type Snapshots, createSnapshots, readHeads } from '../../functions/src/snapshots.ts'
import { asRecordId } from '../../src/domain/ids.ts'
import { type Intention, mutationJson } from '../../src/domain/mutation.ts'
import { memoryBlobs } from '../support/memoryBlobs.ts'
import { callerOf } from '../support/outboxes.ts'
import { picture, sha256 } from '../support/photoStation.ts'
import {
  CLEAN,
  type PurgeWorld,
  WORD,
  fill,
  newInitiative,
  noteOf,
  openPurgeWorld,
  row,
  textEdit,
} from '../support/purgeWorld.ts'
import { tracesInBlobs, tracesInStore, tracesOnTablet } from '../support/traces.ts'
import { enrol, intention, newId, save, shown } from '../support/world.ts'

let world: PurgeWorld
beforeEach(async () => {
  world = await openPurgeWorld()
})
afterEach(() => world.close())

test('[S18] an edit that set out from a destroyed value is parked without its content; one from the present value is taken', async () => {
  const { author, colleague } = await fill(world, { hanging: false })
  const late = await world.open(await enrol(world, 'late', 'kameido', ['staff']))
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
  expect(await world.destroy(['detail'])).toMatchObject({ ok: true })

  for (const station of [colleague, late]) {
    station.network.online = true
    await station.sync()
  }
  const waiting = await colleague.tablet.outbox.unsettled()
  expect(waiting).toMatchObject([{ state: 'parked', receipt: { reason: { type: 'purged' } } }])
  expect(await late.tablet.outbox.unsettled()).toEqual([])
  expect((await shown(late, row))?.['detail']).toBe(`${CLEAN}来週また会う。`)
  expect(tracesInStore(world.path, WORD)).toEqual([])
  // What the person lets go is not kept for a restored server either.
  await colleague.tablet.outbox.discardParked(waiting[0]?.n ?? 0)
  expect(await tracesOnTablet(colleague.disk, 'staff', WORD)).toEqual([])
})

test('[S18] edits made one on another offline do not carry a destroyed value past the mark', async () => {
  const { author, colleague } = await fill(world, { hanging: false })
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
  expect(await world.destroy(['detail'])).toMatchObject({ ok: true })

  colleague.network.online = true
  await colleague.sync()
  const waiting = await colleague.tablet.outbox.unsettled()
  expect(waiting.map(({ receipt }) => receipt?.reason?.type)).toEqual(['purged'])
  expect(await shown(author, row)).toMatchObject({ detail: CLEAN })
  expect(tracesInStore(world.path, WORD)).toEqual([])
})

test('[S18] a form that was open before the purge does not bring a destroyed value back; what was overtaken since is merged', async () => {
  const { author } = await fill(world, { hanging: false })
  await world.destroy(['detail'])
  await author.sync()
  await save(author, textEdit(`${WORD}さんに会った。`, `${WORD}さんに会った。また来る。`))
  await author.sync()
  expect(await author.tablet.outbox.unsettled()).toMatchObject([{ receipt: { reason: { type: 'purged' } } }])
  expect(tracesInStore(world.path, WORD)).toEqual([])

  await world.pushRaw('lead', textEdit(CLEAN, `${CLEAN}来週会う。`))
  const late = await world.pushRaw('staff', textEdit(CLEAN, `報告した。${CLEAN}`))
  expect(late).toMatchObject({ outcome: 'merged' })
})

test('[S18] a decision about a destroyed 要確認 does not publish its text, even if another has been opened since', async () => {
  const { author, colleague } = await fill(world, { hanging: false })
  const [conflict] = await author.tablet.records.where('conflict', 'target', row)
  const decide: Intention = intention('initiative', 'resolve', {
    ...{ id: row, set: { detail: `${WORD}さんに謝った。` }, from: { detail: CLEAN }, stage: 'submitted' },
    ...(conflict === undefined ? {} : { resolves: conflict.record.id }),
  })
  await world.destroy(['detail'])
  await world.pushRaw('lead', textEdit(CLEAN, '窓口で対応した。'))
  await world.pushRaw('staff', textEdit(CLEAN, '電話で対応した。'))
  await world.pushRaw('lead', textEdit('窓口で対応した。', CLEAN))
  for (const uid of ['lead', 'staff'])
    expect(await world.pushRaw(uid, decide)).toMatchObject({ outcome: 'parked', reason: { type: 'purged' } })
  expect(tracesInStore(world.path, WORD)).toEqual([])

  await author.sync()
  await colleague.sync()
  const open = await author.tablet.records.where('conflict', 'target', row)
  expect(open.filter(({ record }) => record.stage === 'open')).toMatchObject([
    { record: { fields: { mine: '電話で対応した。' } } },
  ])
})

test('[S18] what may not come back is not kept undecided either; the rest is', async () => {
  const { author } = await fill(world, { hanging: true })
  const [conflict] = await author.tablet.records.where('conflict', 'target', row)
  const resolve = { op: 'resolve', resolves: conflict?.record.id ?? '' } as const
  await world.destroy(['detail'])
  const reasons = await world.takeFile([
    mutationJson(textEdit(`${WORD}さんに会った。`, `${WORD}さんにまた会った。`)),
    { ...mutationJson(textEdit(CLEAN, `${WORD}さんに謝った。`)), ...resolve },
    { ...mutationJson(textEdit(CLEAN, WORD)), v: 'いち' },
    mutationJson(textEdit(CLEAN, '窓口で対応した。')),
    mutationJson(noteOf('電話で対応した。')),
  ])
  expect(reasons).toEqual(['purged', 'purged', 'purged', 'quarantined', 'quarantined'])

  await world.destroy('record')
  expect(await world.takeFile([mutationJson(noteOf(`${WORD}に電話`))])).toEqual(['purged'])
  expect(tracesInStore(world.path, WORD)).toEqual([])
})

test('[S18] of a record that was destroyed nothing comes back, nor does anything hang on it again', async () => {
  const { author, colleague } = await fill(world, { hanging: true })
  colleague.network.online = false
  await save(colleague, textEdit(CLEAN, `${WORD}にまた会った。`))
  await save(colleague, noteOf(WORD))
  await world.destroy('record')
  colleague.network.online = true
  await colleague.sync()
  await author.sync()
  const waiting = await colleague.tablet.outbox.unsettled()
  expect(waiting.map(({ receipt }) => receipt?.reason?.type)).toEqual(['purged', 'purged'])
  // A stopped tablet's outbox is kept undecided, but not this.
  await world.takeFile([mutationJson(textEdit(CLEAN, WORD))])
  expect(tracesInStore(world.path, WORD)).toEqual([])
  expect(await shown(author, row)).toBeUndefined()
})

test('[S18] what stays is what headquarters has looked at: changed since, nothing is destroyed', async () => {
  const { office } = await fill(world, { hanging: false })
  await office.sync()
  const rev = (await office.tablet.records.read(asRecordId(row)))?.record.rev ?? 0
  const ask = { id: row, scope: ['detail'], reason: '住民の氏名', rev }
  await world.pushRaw('lead', textEdit(CLEAN, `${WORD}に対応した。`))
  const before = await world.historyFor(office.actor.uid)
  expect(await purge(world.purgeDeps, callerOf('hq'), ask)).toEqual({ ok: false, error: { type: 'changed' } })
  expect(await world.historyFor(office.actor.uid)).toEqual(before)

  await world.pushRaw('lead', textEdit(`${WORD}に対応した。`, CLEAN))
  const now = { ...ask, rev: rev + 2 }
  // What is written elsewhere in the row meanwhile is no matter.
  await world.pushRaw(
    'lead',
    intention('initiative', 'edit', { id: row, set: { plan: '続ける。' }, stage: 'submitted' }),
  )
  expect(await purge(world.purgeDeps, callerOf('hq'), now)).toMatchObject({ ok: true })
  expect(tracesInStore(world.path, WORD)).toEqual([])
})

test('[S18] bytes of a photo that was kept aside go with it, and those that are just coming in', async () => {
  const { author } = await fill(world, { hanging: true })
  const held = newId()
  const { sha256: hash, thumbSha256, width, height, bytes } = picture()
  const facts = { sha256: hash, thumbSha256, width, height, bytes }
  const aside = intention('photo', 'create', {
    id: held,
    set: { stage: 'posted', initiative: row, ...facts },
  })
  expect(await world.takeFile([mutationJson(aside)])).toEqual(['quarantined'])

  const [photo] = await author.tablet.records.where('photo', 'initiative', row)
  const id = photo?.record.id ?? asRecordId(row)
  world.photos.clear()
  const blobs = memoryBlobs(world.photos)
  const put: typeof blobs.put = async (key, chunk) => {
    await world.destroy('record')
    await blobs.put(key, chunk)
  }
  world.photos.set(`photos/${held}/${thumbSha256}.jpg`, new Uint8Array([1]))
  world.photos.set(`parts/${held}/${hash}/000000000-1`, new Uint8Array([1]))
  const taken = await putBlobChunk(
    { ...world.deps, blobs: { ...blobs, put }, hashBytes: sha256 },
    callerOf('lead'),
    { place: { id, field: 'sha256' }, chunk: { offset: 0, sizeBytes: 9, bytes: new Uint8Array(5) } },
  )
  expect(taken).toEqual({ ok: false, error: { type: 'notFound' } })
  expect([...world.photos.keys()]).toEqual([])
})

describe('a snapshot that another instance is making', () => {
  const blobs = (): BlobStore => memoryBlobs(world.snapshots.objects)
  /** Another instance with the same store and bucket; a part for every two rows. */
  const instance = (put: BlobStore['put']): Snapshots =>
    createSnapshots({
      storage: world.deps.storage,
      blobs: { ...blobs(), put },
      nowMs: () => Date.parse(world.deps.now()),
      limits: { minRows: 1, pageRows: 2, partBytes: 1 },
    })
  const start = async (snapshots: Snapshots): Promise<Uint8Array | undefined> =>
    snapshots.partFrom({}, await world.deps.storage.read(readHeads))

  beforeEach(async () => {
    const author = await world.open(await enrol(world, 'lead', 'kameido', ['staff', 'lead']))
    await enrol(world, 'hq', 'somu', ['hq'])
    await save(author, newInitiative(row, { detail: `${WORD}さんから苦情があった。` }))
    for (const n of [1, 2, 3]) await save(author, newInitiative(newId(), { detail: `ほかの取組${n}` }))
    await author.sync()
  })

  test('[S18] meanwhile leaves nothing of what was destroyed; the next one is whole', async () => {
    let isDestroyed = false
    const other = instance(async (key, bytes) => {
      if (!isDestroyed) {
        isDestroyed = true
        expect(await world.destroy('record')).toMatchObject({ ok: true })
      }
      await blobs().put(key, bytes)
    })
    expect(await start(other)).toBeUndefined()
    expect([...world.snapshots.objects.keys()]).toEqual([])
    expect(await start(other)).toBeDefined()
    expect(tracesInBlobs(world.snapshots.objects, WORD)).toEqual([])
  })

  test('[S18] and cannot finish leaves no part behind', async () => {
    const kept: string[] = []
    const other = instance(async (key, bytes) => {
      if (kept.length === 2) throw new Error('no bucket')
      await blobs().put(key, bytes)
      kept.push(key)
    })
    await expect(start(other)).rejects.toThrow('no bucket')
    expect(kept).toHaveLength(2)
    expect([...world.snapshots.objects.keys()]).toEqual([])
  })
})
