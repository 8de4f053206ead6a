/**
 * What a server does at least: the bench page, a snapshot compressed once, the rows changed since, and rows taken in as they come
 * (the later one wins). Told what to do by IPC.
 */
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { extname, join } from 'node:path'
import { constants, brotliCompressSync, gunzipSync } from 'node:zlib'
import { digestOf, initiativeEdit } from './bureau.mjs'

const [rowsFile, distDir] = process.argv.slice(2)
const PAGE_ROWS = 250
const TYPES = { '.html': 'text/html', '.js': 'text/javascript' }
const compressed = (text, quality) =>
  brotliCompressSync(text, { params: { [constants.BROTLI_PARAM_QUALITY]: quality } })

const rows = new Map(
  JSON.parse(readFileSync(rowsFile, 'utf8')).map((row, index) => [row.id, { row, seq: index + 1 }]),
)
let seq = rows.size
const all = [...rows.values()].map(({ row }) => row)
const parts = []
for (let from = 0; from < all.length; from += PAGE_ROWS)
  parts.push(JSON.stringify({ seq, rows: all.slice(from, from + PAGE_ROWS) }))
const snapshot = compressed(parts.join('\n') + '\n', 5)

const put = (row) => {
  seq += 1
  rows.set(row.id, { seq, row })
}
function take(body) {
  for (const row of JSON.parse(gunzipSync(body).toString('utf8')))
    if ((rows.get(row.id)?.row.updatedAt ?? '') <= row.updatedAt) put(row)
}

const counted = { bytesIn: 0, bytesOut: 0, requests: 0 }
const open = new Set()
const server = createServer(async (request, response) => {
  if (request.url.startsWith('/floor/')) counted.requests += 1
  const { pathname, searchParams } = new URL(request.url, 'http://floor')
  const send = (type, body, encoding) => {
    response.setHeader('Content-Type', type)
    response.setHeader('Content-Length', body.length)
    if (encoding !== undefined) response.setHeader('Content-Encoding', encoding)
    response.end(body)
  }
  if (pathname === '/floor/snapshot') return send('application/json', snapshot, 'br')
  if (pathname === '/floor/push') {
    take(Buffer.concat(await request.toArray()))
    return send('application/json', Buffer.from('{}'))
  }
  if (pathname === '/floor/pull') {
    const after = Number(searchParams.get('after'))
    const changed = [...rows.values()].filter((one) => one.seq > after).map(({ row }) => row)
    const text = JSON.stringify({ seq, rows: changed })
    return text.length > 1000
      ? send('application/json', compressed(text, 4), 'br')
      : send('application/json', Buffer.from(text))
  }
  const file = pathname === '/' ? '/index.html' : pathname
  try {
    return send(TYPES[extname(file)] ?? 'application/octet-stream', readFileSync(join(distDir, file)))
  } catch {
    response.statusCode = 404
    return response.end()
  }
})
server.on('connection', (socket) => {
  open.add(socket)
  socket.on('close', () => {
    open.delete(socket)
    counted.bytesIn += socket.bytesRead
    counted.bytesOut += socket.bytesWritten
  })
})

const methods = {
  stats() {
    const { user, system } = process.cpuUsage()
    const live = [...open].reduce((sum, socket) => sum + socket.bytesRead + socket.bytesWritten, 0)
    const { bytesIn, bytesOut, requests } = counted
    return {
      bytes: bytesIn + bytesOut + live,
      requests,
      cpuMs: (user + system) / 1000,
      rssMb: process.memoryUsage().rss / 1e6,
    }
  },
  edit(ids, salt) {
    ids.forEach((id, index) => {
      const { row } = rows.get(id)
      const fields = { ...row.fields, ...initiativeEdit(index, salt) }
      put({ ...row, rev: row.rev + 1, updatedAt: new Date().toISOString(), fields })
    })
  },
  digest: () => digestOf([...rows.values()].map(({ row }) => row)),
  snapshotBytes: () => snapshot.length,
}
process.on('message', ({ id, method, args }) =>
  process.send({ id, result: methods[method](...args) ?? null }),
)
process.on('disconnect', () => process.exit(0))
server.listen(0, '127.0.0.1', () => process.send({ url: `http://localhost:${server.address().port}` }))
