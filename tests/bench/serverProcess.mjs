/** The embedded server in a process of its own that counts: bytes on its sockets, requests, CPU, memory. Told what to do by IPC. */
import { subscribe } from 'node:diagnostics_channel'
import { writeFileSync } from 'node:fs'
import { embeddedDeps, startEmbedded } from '../../functions/src/embedded.ts'
import { databasePath } from '../../functions/src/ops/dataDir.ts'
import { openSqliteStorage } from '../../functions/src/storage/sqlite.ts'
import { COMMON_STREAMS } from '../../src/domain/actor.ts'
import { searchKey, searchKeys } from '../../src/domain/search.ts'
import { typeOf } from '../../src/domain/types/index.ts'
import { digestOf } from './bureau.mjs'
import { editRows } from './store.mjs'

const [dataDir, distDir] = process.argv.slice(2)
const PAGE_ROWS = 1000
const open = new Set()
const closed = { bytesIn: 0, bytesOut: 0 }
let requests = 0
subscribe('net.server.socket', ({ socket }) => {
  open.add(socket)
  socket.on('close', () => {
    open.delete(socket)
    closed.bytesIn += socket.bytesRead
    closed.bytesOut += socket.bytesWritten
  })
})

const server = await startEmbedded({
  dataDir,
  port: 0,
  distDir,
  demo: false,
  log: (line) => {
    if (line.path?.startsWith('/api/') === true) requests += 1
    if (line.error !== undefined) process.stderr.write(`${line.error}\n`)
  },
})
// A second connection to the same file: what other people did.
const storage = openSqliteStorage({ path: databasePath(dataDir) })
const deps = embeddedDeps(storage, () => undefined)

/** 取組 that the whole bureau sees, a page at a time: a large bureau does not fit into memory. */
async function* listed() {
  for (const stream of COMMON_STREAMS) {
    let after = 0
    for (;;) {
      const query = { value: stream, after, limit: PAGE_ROWS }
      const rows = await storage.read((tx) => tx.find('rowsByStream', query))
      for (const { doc } of rows) if (doc.record?.type === 'initiative') yield doc.record
      if (rows.length === 0) break
      after = rows.at(-1).doc.seq
    }
  }
}
const digested = ({ id, rev, fields: { title, progress, result } }) => ({
  id,
  rev,
  fields: { title, progress, result },
})

const methods = {
  stats() {
    const { user, system } = process.cpuUsage()
    const sum = (name) => [...open].reduce((total, socket) => total + socket[name], 0)
    const bytes = closed.bytesIn + closed.bytesOut + sum('bytesRead') + sum('bytesWritten')
    return {
      bytes,
      requests,
      cpuMs: (user + system) / 1000,
      rssMb: process.memoryUsage().rss / 1e6,
      highestRssMb: process.resourceUsage().maxRSS / 1000,
    }
  },
  edit: (ids, salt) => editRows(deps, ids, salt),
  digest: async () => digestOf(await Array.fromAsync(listed(), digested)),
  /** How many rows there are, and how many have each of the terms somewhere in their texts. */
  async hits(terms) {
    const keys = terms.map(searchKey)
    const hits = keys.map(() => 0)
    let total = 0
    for await (const record of listed()) {
      const text = searchKeys(typeOf('initiative').searchText(record))
      keys.forEach((key, term) => (hits[term] += text.includes(key) ? 1 : 0))
      total += 1
    }
    return { total, hits }
  },
  writeRows: async (file) => writeFileSync(file, JSON.stringify(await Array.fromAsync(listed()))),
}
process.on('message', async ({ id, method, args }) => {
  try {
    process.send({ id, result: (await methods[method](...args)) ?? null })
  } catch (error) {
    process.send({ id, error: String(error?.stack ?? error) })
  }
})
process.on('disconnect', () => process.exit(0))
process.send({ url: server.url })
