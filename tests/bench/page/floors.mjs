/**
 * What the platform asks at least: the same rows with the same search text, stored by Dexie and by plain IndexedDB, with the most
 * naive sync there is (last writer wins, nothing is decided, nothing merged). Bounds to measure against, not products.
 */
import Dexie from 'dexie'
import { searchKey, searchKeys } from '../../../src/domain/search.ts'
import { typeOf } from '../../../src/domain/types/index.ts'
import { digestOf, initiativeEdit, initiativeFields } from '../bureau.mjs'

const asked = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
const done = (tx) =>
  new Promise((resolve, reject) => {
    tx.oncomplete = () => resolve()
    tx.onabort = () => reject(tx.error)
  })

const textOf = typeOf('initiative').searchText
const docOf = (record) => ({ ...record, text: searchKeys(textOf(record)) })
const changed = ({ fields, rev, ...record }, index, salt) =>
  docOf({
    ...record,
    rev: rev + 1,
    updatedAt: new Date().toISOString(),
    fields: { ...fields, ...initiativeEdit(index, salt) },
  })
const created = (indexes, { salt, unit = 'bench' }) =>
  indexes.map((index) =>
    docOf({
      id: `own.${salt}.${index}`,
      rev: 1,
      stage: 'submitted',
      updatedAt: new Date().toISOString(),
      fields: initiativeFields(index, { units: [unit], salt }),
    }),
  )

/** As it lies in memory, gzip on the way: a browser cannot make brotli. */
async function send(url, docs) {
  const text = JSON.stringify(docs.map(({ text: _text, ...record }) => record))
  const body = await new Response(
    new Blob([text]).stream().pipeThrough(new CompressionStream('gzip')),
  ).arrayBuffer()
  const answer = await fetch(url, { method: 'POST', headers: { 'content-encoding': 'gzip' }, body })
  if (!answer.ok) throw new Error(`push: ${answer.status}`)
}

async function* lines(url) {
  const reader = (await fetch(url)).body.pipeThrough(new TextDecoderStream()).getReader()
  let rest = ''
  for (;;) {
    const { done: ended, value = '' } = await reader.read()
    const parts = (rest + value).split('\n')
    rest = parts.pop()
    for (const part of parts) yield JSON.parse(part)
    if (ended) return
  }
}

const rowsRequest = () => ({ path: '/floor/snapshot' })

export const dexieFloor = {
  name: 'Dexie',
  prepare: async ({ account }) => account,
  rowsRequest,
  async open({ person = 'me' } = {}) {
    const db = new Dexie(`floor-${person}`, { chromeTransactionDurability: 'strict' })
    db.version(1).stores({
      docs: 'id, updatedAt, [fields.leadUnit+fields.progress]',
      outbox: '++n',
      meta: '',
    })
    await db.open()
    const stored = (docs) =>
      db.transaction('rw', db.docs, db.outbox, async () => {
        await db.docs.bulkPut(docs)
        await db.outbox.bulkAdd(docs.map(({ id }) => ({ id })))
      })
    const apply = (rows, seq) =>
      db.transaction('rw', db.docs, db.meta, async () => {
        await db.docs.bulkPut(rows.map(docOf))
        await db.meta.put(seq, 'seq')
      })
    return {
      count: () => db.docs.count(),
      list: (limit) => db.docs.orderBy('updatedAt').reverse().limit(limit).toArray(),
      filterCount: (unit, progress) =>
        db.docs.where('[fields.leadUnit+fields.progress]').equals([unit, progress]).count(),
      search: async (query) => {
        const key = searchKey(query)
        return (await db.docs.toArray()).filter(({ text }) => text.includes(key)).length
      },
      get: (id) => db.docs.get(id),
      edit: async (id, index, salt) => stored([changed(await db.docs.get(id), index, salt)]),
      create: (indexes, wish) => stored(created(indexes, wish)),
      async sync() {
        const queued = await db.outbox.toArray()
        if (queued.length > 0) {
          await send('/floor/push', await db.docs.bulkGet([...new Set(queued.map(({ id }) => id))]))
          await db.outbox.bulkDelete(queued.map(({ n }) => n))
        }
        let seq = await db.meta.get('seq')
        if (seq === undefined)
          for await (const part of lines('/floor/snapshot')) await apply(part.rows, (seq = part.seq))
        const answer = await (await fetch(`/floor/pull?after=${seq}`)).json()
        if (answer.rows.length > 0) await apply(answer.rows, answer.seq)
      },
      digest: async () => digestOf(await db.docs.toArray()),
      close: () => db.close(),
    }
  },
}

export const idbFloor = {
  name: 'IndexedDB',
  prepare: async ({ account }) => account,
  rowsRequest,
  async open() {
    const opening = indexedDB.open('floor', 1)
    opening.onupgradeneeded = () =>
      ['packs', 'journal', 'meta'].forEach((name) => opening.result.createObjectStore(name))
    const db = await asked(opening)
    const docs = new Map()
    const read = db.transaction(['packs', 'journal', 'meta'])
    const [packs, journal, kept] = await Promise.all([
      asked(read.objectStore('packs').getAll()),
      asked(read.objectStore('journal').getAll()),
      asked(read.objectStore('meta').get('seq')),
    ])
    const decoder = new TextDecoder()
    for (const pack of packs) for (const doc of JSON.parse(decoder.decode(pack))) docs.set(doc.id, doc)
    for (const doc of journal) docs.set(doc.id, doc)
    let seq = kept
    const stored = async (several) => {
      const tx = db.transaction(['journal', 'meta'], 'readwrite', { durability: 'strict' })
      for (const doc of several) tx.objectStore('journal').put(doc, doc.id)
      tx.objectStore('meta').put(seq, 'seq')
      await done(tx)
      for (const doc of several) docs.set(doc.id, doc)
    }
    return {
      count: async () => docs.size,
      list: async (limit) =>
        [...docs.values()].sort((a, b) => (a.updatedAt < b.updatedAt ? 1 : -1)).slice(0, limit),
      filterCount: async (unit, progress) =>
        [...docs.values()].filter(({ fields }) => fields.leadUnit === unit && fields.progress === progress)
          .length,
      search: async (query) => {
        const key = searchKey(query)
        let hits = 0
        for (const { text } of docs.values()) if (text.includes(key)) hits += 1
        return hits
      },
      get: async (id) => docs.get(id),
      edit: (id, index, salt) => stored([changed(docs.get(id), index, salt)]),
      create: (indexes, wish) => stored(created(indexes, wish)),
      async sync() {
        if (seq === undefined) {
          let n = 0
          const encoder = new TextEncoder()
          for await (const part of lines('/floor/snapshot')) {
            const rows = part.rows.map(docOf)
            for (const doc of rows) docs.set(doc.id, doc)
            const tx = db.transaction('packs', 'readwrite', { durability: 'strict' })
            tx.objectStore('packs').put(encoder.encode(JSON.stringify(rows)), n)
            n += 1
            await done(tx)
            seq = part.seq
          }
        }
        const answer = await (await fetch(`/floor/pull?after=${seq}`)).json()
        seq = answer.seq
        await stored(answer.rows.map(docOf))
      },
      digest: async () => digestOf(docs.values()),
      close: () => db.close(),
    }
  },
}
