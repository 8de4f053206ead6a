/** The embedded server in a process of its own that counts: bytes on its sockets, requests, CPU, memory. Told what to do by IPC. */
import { subscribe } from 'node:diagnostics_channel'
import { embeddedDeps, startEmbedded } from '../../functions/src/embedded.ts'
import { databasePath } from '../../functions/src/ops/dataDir.ts'
import { openSqliteStorage } from '../../functions/src/storage/sqlite.ts'
import { typeOf } from '../../src/domain/types/index.ts'
import { digestOf } from './bureau.mjs'
import { editRows } from './store.mjs'

const [dataDir, distDir] = process.argv.slice(2)
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
    if (line.path !== undefined) requests += 1
    if (line.error !== undefined) process.stderr.write(`${line.error}\n`)
  },
})
// A second connection to the same file: what other people did.
const storage = openSqliteStorage({ path: databasePath(dataDir) })
const deps = embeddedDeps(storage, () => undefined)

const methods = {
  stats() {
    const { user, system } = process.cpuUsage()
    const sum = (name) => [...open].reduce((total, socket) => total + socket[name], 0)
    const bytes = closed.bytesIn + closed.bytesOut + sum('bytesRead') + sum('bytesWritten')
    return { bytes, requests, cpuMs: (user + system) / 1000, rssMb: process.memoryUsage().rss / 1e6 }
  },
  edit: (ids, salt) => editRows(deps, ids, salt),
  async digest() {
    const docs = await storage.read((tx) => tx.find('recordsByType', { value: 'initiative' }))
    return digestOf(docs.map(({ doc }) => doc.record).filter(({ stage }) => stage !== 'draft'))
  },
  rows: async () => {
    const docs = await storage.read((tx) => tx.find('recordsByType', { value: 'initiative' }))
    return docs.map(({ doc }) => ({ ...doc.record, search: typeOf('initiative').searchText(doc.record) }))
  },
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
