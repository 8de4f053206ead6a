/** `npm start`: the whole product on this machine, with the demo data, on PORT (5000). */
import { startEmbedded, startFailure, stopOnSignal } from '../functions/src/embedded.ts'
import { DEMO_PASSWORD } from '../functions/src/demo.ts'
import { build } from './build.mjs'
import { root } from './run.mjs'
import { join, resolve } from 'node:path'

const port = Number(process.env.PORT ?? 5000)
const dataDir = resolve(root, process.env.KAIZENCHO_DATA ?? '.data')

const ACCOUNTS = [
  ['hq@demo.example', '本部事務局'],
  ['labor-kameido@demo.example', '亀戸事務所 職員'],
  ['lead-labor-kameido@demo.example', '亀戸事務所 所長'],
  ['evaluator1@demo.example', '評価者'],
  ['exec@demo.example', '本部長'],
  ['admin@demo.example', 'システム管理者'],
]

if (!(await build())) process.exit(1)
try {
  const host = process.env.HOST
  const server = await startEmbedded({
    dataDir,
    port,
    distDir: join(root, 'dist'),
    demo: true,
    log: logFailures,
    ...(host === undefined ? {} : { host }),
  })
  stopOnSignal(server)
  process.stdout.write(
    [
      '',
      `改善帳を開く: ${server.url}`,
      '',
      `見本の利用者（パスワードはすべて ${DEMO_PASSWORD}）`,
      ...ACCOUNTS.map(([email, who]) => `  ${email.padEnd(34)}${who}`),
      '  ほかの部所は <部所id>@demo.example（職員）、lead-<部所id>@demo.example（所長・企画担当）。',
      '  部所id は functions/demo/units.csv にあります。',
      '',
      `データ: ${dataDir}    終了: Ctrl+C`,
      '',
    ].join('\n'),
  )
} catch (error) {
  process.stderr.write(`${startFailure(error, port)}\n`)
  process.exitCode = 1
}

/** On a person's terminal only what went wrong is worth a line. */
function logFailures(line) {
  if ('error' in line || line.status >= 500) process.stderr.write(`${JSON.stringify(line)}\n`)
}
