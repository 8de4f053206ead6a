/** The product under the bench: its own stores, database and engine, signed in as a person does; only the screens are left out. */
import { createPinia } from 'pinia'
import { createApp, reactive, watch } from 'vue'
import { openVault } from '../../../src/db/vault.ts'
import { lazyAuth } from '../../../src/identity.ts'
import { loadAhead } from '../../../src/loadAhead.ts'
import { PROTOCOL_VERSION } from '../../../src/domain/wire.ts'
import { useInitiatives } from '../../../src/stores/initiatives.ts'
import { queryKeys } from '../../../src/domain/search.ts'
import { PORTS } from '../../../src/stores/ports.ts'
import { useRecords } from '../../../src/stores/records.ts'
import { useSession } from '../../../src/stores/session.ts'
import { parseListQuery } from '../../../src/views/list/listQuery.ts'
import { openWorkplace } from '../../../src/workplace.ts'
import { digestOf, initiativeEdit, initiativeFields } from '../bureau.mjs'

const LISTED = ['submitted', 'returned', 'reviewed', 'concluded', 'withdrawn']

/** Resolves when the stores say so, as a screen would show it. */
const until = async (get) => {
  let stop
  await new Promise((resolve) => {
    stop = watch(get, (is) => is && resolve(), { immediate: true, flush: 'sync' })
  })
  stop()
}

function makeIdentity() {
  const vault = openVault()
  return { vault, auth: lazyAuth(vault) }
}
/** One of a page, like the access tokens that it keeps in memory. */
let identity

/** The app's stores for a person who has signed in here; for the last one unless told. */
function start(person) {
  identity ??= makeIdentity()
  const { vault, auth: lazy } = identity
  const auth =
    person === undefined ? lazy : { ...lazy, restore: async () => (await vault.byUid(person))?.profile }
  const app = createApp({})
  const ports = {
    auth,
    openWorkplace: (profile) => openWorkplace({ auth, vault, finishWipes: async () => undefined }, profile),
    otherTabs: { announce: () => undefined, onDeparture: () => undefined },
    storage: { state: async () => ({}), persist: async () => null },
  }
  app.provide(PORTS, ports)
  app.use(createPinia())
  return app.runWithContext(() => ({
    auth,
    session: useSession(),
    records: useRecords(),
    initiatives: useInitiatives(),
  }))
}

export const product = {
  name: 'product',
  /** Signs in; what is measured later begins with the person known, as on every day but the first. Answers who it is. */
  async prepare({ account, password }) {
    const { auth } = start()
    // As the sign-in page does.
    loadAhead()
    const answer = await auth.signIn({ email: account, password })
    if (!answer.ok) throw new Error(JSON.stringify(answer.error))
    return answer.value.uid
  },
  async rowsRequest() {
    const { auth } = start()
    const { uid } = await auth.restore()
    const { value } = await auth.headers(uid, { fresh: false })
    const headers = { ...value, 'content-type': 'application/json' }
    const body = JSON.stringify({ protocol: PROTOCOL_VERSION, cursors: {} })
    return { path: '/api/snapshot', init: { method: 'POST', headers, body } }
  },
  async open({ person } = {}) {
    const { session, records, initiatives } = start(person)
    const status = reactive({ type: 'none' })
    await session.restore()
    const { workplace } = session
    workplace.sync.onStatus((next) => Object.assign(status, next))
    await until(() => records.loaded || initiatives.front.length > 0)
    const check = ({ ok, error }) => {
      if (!ok) throw new Error(JSON.stringify(error))
    }
    const find = (query, hits) => initiatives.find(parseListQuery(query), hits)
    const changes = (before, after) =>
      Object.fromEntries(
        Object.entries(after).map(([name, to]) => [name, { from: before[name] ?? null, to }]),
      )
    return {
      count: async () => initiatives.items.length,
      /** Resolves when so many rows are on the list. */
      usable: (rows) => until(() => initiatives.items.length >= rows),
      list: async (limit) => (records.loaded ? find({}) : initiatives.front).slice(0, limit),
      filterCount: async (unit, progress) => find({ unit, progress }).length,
      async search(query) {
        const hits = await records.search(queryKeys(query))
        await until(() => records.loaded)
        return find({ q: query }, hits).length
      },
      get: async (id) => (await records.read(id)).record,
      async edit(id, index, salt) {
        const { record } = await records.read(id)
        const set = changes(record.fields, initiativeEdit(index, salt))
        check(await records.save({ type: 'initiative', op: 'edit', id, stage: record.stage, set }))
      },
      async create(indexes, { salt, stage }) {
        const { unit } = session.profile
        const wishes = indexes.map((index) => {
          const fields = { ...initiativeFields(index, { units: [unit], salt }), importKey: null }
          const set = changes({}, { ...fields, stage })
          return { type: 'initiative', op: 'create', id: workplace.newId(), stage: null, set }
        })
        check(await records.saveAll(wishes))
      },
      /** An empty tablet fetches by itself, and says so only when everything is there. */
      fill: () => until(() => status.type === 'allSent'),
      sync: () => workplace.sync.now(),
      isDone: () => status.type === 'allSent',
      async digest() {
        const shown = await Promise.all(
          LISTED.map((stage) => workplace.records.where('initiative', 'stage', stage)),
        )
        return digestOf(shown.flat().map(({ record }) => record))
      },
      close: () => workplace.close(),
    }
  },
}
