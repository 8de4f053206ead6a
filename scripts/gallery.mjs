/**
 * `npm run gallery [-- part of a screen's name [part of a size's]]`: every screen in every size with the demo data, in a real browser. Writes
 * .cache/gallery/index.html to look at, and fails when something is too wide, cut off, too small to tap or not accessible.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium } from '@playwright/test'
import { startEmbedded } from '../functions/src/embedded.ts'
import { fiscalYearOf, localDateOf } from '../src/domain/fiscal.ts'
import { galleryPage } from '../tests/gallery/page.ts'
import { SCREENS } from '../tests/gallery/screens.ts'
import { seed } from '../tests/gallery/seed.ts'
import { shootAll } from '../tests/gallery/shoot.ts'
import { BROWSER_ARGS, ensureBrowser } from './browser.mjs'
import { root, run } from './run.mjs'

const folder = join(root, '.cache/gallery')
const [wanted = '', size = ''] = process.argv.slice(2)
const screens = SCREENS.filter(({ name }) => name.includes(wanted))

rmSync(join(folder, 'shots'), { recursive: true, force: true })
mkdirSync(folder, { recursive: true })
const work = mkdtempSync(join(tmpdir(), 'kaizencho-gallery-'))
const distDir = join(work, 'dist')
// A build of its own: it has /_ui, which the product does not.
const built = await run('vite', ['build', '--mode', 'gallery', '--outDir', distDir, '--logLevel', 'error'])
if (built !== 0) process.exit(1)
const server = await startEmbedded({
  dataDir: join(work, 'data'),
  port: 0,
  distDir,
  demo: true,
  log: () => undefined,
})
const browser = await chromium.launch({ executablePath: await ensureBrowser(), args: BROWSER_ARGS })
const shots = []
try {
  await seed(server.url, fiscalYearOf(localDateOf(Date.now())))
  await shootAll(browser, screens, { url: server.url, folder, size, onShot: tell })
} finally {
  await browser.close()
  await server.stop()
  rmSync(work, { recursive: true, force: true })
}
writeFileSync(join(folder, 'index.html'), galleryPage(shots))
const wrong = shots.filter(({ findings }) => findings.length > 0)
process.stdout.write(`${shots.length}枚、指摘のある画面 ${wrong.length}枚: .cache/gallery/index.html\n`)
process.exitCode = wrong.length === 0 && shots.length > 0 ? 0 : 1

function tell(shot) {
  shots.push(shot)
  const { screen, size, findings } = shot
  process.stdout.write(`${findings.length === 0 ? '✓' : '✗'} ${screen} (${size})\n`)
  for (const finding of findings) process.stdout.write(`    ${finding}\n`)
}
