/** A bureau in which a word that has to go stands wherever the product keeps anything, and what destroys it and looks for it. */
import { join } from 'node:path'
import { IDBFactory } from 'fake-indexeddb'
import { importHeld } from '../../functions/src/handlers/held.ts'
import { history } from '../../functions/src/handlers/history.ts'
import { type PurgeDeps, purge } from '../../functions/src/handlers/purge.ts'
import { push } from '../../functions/src/handlers/push.ts'
import { openSqliteStorage } from '../../functions/src/storage/sqlite.ts'
import type { Actor } from '../../src/domain/actor.ts'
import type { Json } from '../../src/domain/json.ts'
import { type Intention, mutationJson } from '../../src/domain/mutation.ts'
import type { PurgeScope } from '../../src/domain/purge.ts'
import { PROTOCOL_VERSION, type Receipt } from '../../src/domain/wire.ts'
import { memoryBlobs } from './memoryBlobs.ts'
import { callerOf } from './outboxes.ts'
import { type PhotoStation, openPhotos, picture, savePhoto } from './photoStation.ts'
import { type SnapshotServer, serveSnapshots } from './snapshots.ts'
import { tempDir } from './tempDir.ts'
import { tracesInBlobs, tracesInStore, tracesOnTablet } from './traces.ts'
import { type World, draftValues, enrol, intention, newId, openStation, save, worldOn } from './world.ts'

/** Search finds it as it is written. */
export const WORD = '秘密太郎'
/** What stands in the row in the end. */
export const CLEAN = '相談した人への対応をまとめる。'
/** Each way of destroying. */
export const SCOPES: readonly { readonly scope: PurgeScope }[] = [{ scope: 'record' }, { scope: ['detail'] }]
const PACKS = { min: 2, rows: 3, perChange: 2, blockChars: 1500 }

/** The 取組 in question. */
export const row = newId()

export interface PurgeWorld extends World {
  /** The store's file. */
  readonly path: string
  /** Bytes of photos on the server. */
  readonly photos: Map<string, Uint8Array>
  readonly snapshots: SnapshotServer
  readonly purgeDeps: PurgeDeps
  /** A tablet that keeps rows in packs, with photos; closed with the world. */
  open(actor: Actor): Promise<PhotoStation>
  /** Pushes one mutation as it is, whatever a tablet would say of it. */
  pushRaw(uid: string, what: Intention, base?: Json): Promise<Receipt | undefined>
  /** A file of the colleague's outbox, taken in by headquarters. Answers the reasons. */
  takeFile(mutations: readonly { readonly [key: string]: Json }[]): Promise<unknown[]>
  /** Headquarters destroys; the row, when nothing else is named. */
  destroy(scope: PurgeScope, id?: string): ReturnType<typeof purge>
  /** The row's history as this person may read it. */
  historyFor(uid: string): ReturnType<typeof history>
  /** Where the word is left: on the server and on these tablets. */
  traces(stations: readonly PhotoStation[]): Promise<string[]>
}

export async function openPurgeWorld(): Promise<PurgeWorld> {
  const directory = await tempDir()
  const path = join(directory.path, 'store.sqlite')
  const storage = openSqliteStorage({ path })
  const world = await worldOn({
    connect: () => storage,
    dispose: async () => {
      await storage.close()
      await directory.remove()
    },
  })
  const photos = new Map<string, Uint8Array>()
  const snapshots = serveSnapshots(world)
  const purgeDeps = { ...world.deps, blobs: memoryBlobs(photos), forget: () => snapshots.forget() }
  const stations: PhotoStation[] = []
  return {
    ...world,
    path,
    photos,
    snapshots,
    purgeDeps,
    async open(actor) {
      const disk = new IDBFactory()
      const station = await openStation(world, actor, disk, { packs: PACKS })
      const withPhotos = await openPhotos(world, { tablet: station.tablet, actor, objects: photos })
      const opened = { ...station, ...withPhotos, disk }
      stations.push(opened)
      return opened
    },
    async pushRaw(uid, what, base = { rev: 0 }) {
      const clientId = newId()
      const mutations = [{ ...mutationJson(what), mid: 1, base }]
      const answer = await push(world.deps, callerOf(uid), {
        protocol: PROTOCOL_VERSION,
        clientId,
        mutations,
      })
      return answer.ok && answer.value.type === 'receipts' ? answer.value.receipts[0] : undefined
    },
    async takeFile(mutations) {
      const clientId = newId()
      const answer = await importHeld(world.deps, callerOf('hq'), {
        ...{ uid: 'staff', deviceId: 'dev-staff', clientId },
        mutations: mutations.map((mutation, index) => ({ ...mutation, mid: index + 1, base: { rev: 1 } })),
      })
      if (!answer.ok || answer.value.type !== 'receipts') throw new Error('The file was not taken.')
      return answer.value.receipts.map(({ reason }) => reason?.type)
    },
    destroy: (scope, id = row) =>
      purge(purgeDeps, callerOf('hq'), { id, scope, reason: '住民の氏名が書かれていたため' }),
    historyFor: (uid) => history(world.deps, callerOf(uid), { id: row }),
    async traces(where) {
      const here = await Promise.all(where.map(({ disk, actor }) => tracesOnTablet(disk, actor.uid, WORD)))
      return [...tracesInStore(path, WORD), ...tracesInBlobs(snapshots.objects, WORD), ...here.flat()]
    },
    async close() {
      for (const station of stations) {
        await station.engine.stop()
        station.tablet.close()
      }
      await world.close()
    },
  }
}

export const newInitiative = (id: string, set: Record<string, Json>): Intention =>
  intention('initiative', 'create', {
    id,
    set: { ...draftValues('kameido', '窓口の改善'), stage: 'submitted', ...set },
  })

/** An edit of the row's 具体的な取組内容. */
export const textEdit = (from: string, to: string): Intention =>
  intention('initiative', 'edit', {
    id: row,
    set: { detail: to },
    from: { detail: from },
    stage: 'submitted',
  })

/** A 経過 of the row. */
export const noteOf = (text: string): Intention =>
  intention('note', 'create', { id: newId(), set: { stage: 'posted', initiative: row, text } })

/** Tablets on which the word is. */
interface Filled {
  readonly author: PhotoStation
  readonly colleague: PhotoStation
  readonly elsewhere: PhotoStation
  readonly office: PhotoStation
}

/** The word in the row's 具体的な取組内容 and wherever that leads; `hanging`: in what hangs on the row too. */
export async function fill(world: PurgeWorld, { hanging }: { readonly hanging: boolean }): Promise<Filled> {
  const lead = await enrol(world, 'lead', 'kameido', ['staff', 'lead'])
  const staff = await enrol(world, 'staff', 'kameido', ['staff'])
  const other = await enrol(world, 'other', 'osaki', ['staff', 'lead'])
  const hq = await enrol(world, 'hq', 'somu', ['hq'])
  const author = await world.open(lead)
  const first = `${WORD}さんから苦情があった。`
  await save(author, newInitiative(row, { detail: first }))
  for (const n of [1, 2, 3, 4]) await save(author, newInitiative(newId(), { detail: `ほかの取組${n}` }))
  if (hanging) {
    await save(author, noteOf(`${WORD}に電話`))
    const held = await author.shelf.hold('form', picture())
    await savePhoto(author, held, row)
  }
  await author.sync()
  await author.queue.run()
  if (hanging)
    await world.pushRaw(
      'hq',
      intention('feedback', 'create', {
        id: newId(),
        set: { stage: 'open', initiative: row, kind: 'request', text: `${WORD}の件はどうなりましたか` },
      }),
    )
  // Elsewhere it comes among others, so that it lies in a pack.
  const elsewhere = await world.open(other)
  const colleague = await world.open(staff)
  const office = await world.open(hq)
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
  await world.pushRaw('other', textEdit(first, `${WORD}さんは大崎にも来た。`))
  await world.takeFile([mutationJson(textEdit(first, `${WORD}さんの住所`))])
  const snapshot = await world.snapshots.ask(other, { protocol: PROTOCOL_VERSION, cursors: {} })
  if (!snapshot.ok) throw new Error(`no snapshot: ${JSON.stringify(snapshot.error)}`)
  await save(author, textEdit(`${WORD}さんに会った。`, CLEAN))
  for (const station of [author, colleague]) {
    await station.sync()
    await station.sync()
  }
  return { author, colleague, elsewhere, office }
}
