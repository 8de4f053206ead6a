/** `npm run dev`: the API of the embedded server with the demo data, and Vite in front of it. */
import { resolve } from 'node:path'
import { startEmbedded, startFailure } from '../functions/src/embedded.ts'
import { root, run } from './run.mjs'

const API_PORT = 5000 // vite.config.ts passes /api on to it
try {
  const server = await startEmbedded({
    dataDir: resolve(root, process.env.KAIZENCHO_DATA ?? '.data'),
    port: API_PORT,
    distDir: resolve(root, 'dist'),
    demo: true,
  })
  process.on('SIGINT', () => undefined) // Ctrl+C reaches Vite too; the store is closed after it
  process.exitCode = await run('vite')
  await server.stop()
} catch (error) {
  process.stderr.write(`${startFailure(error, API_PORT)}\n`)
  process.exitCode = 1
}
