/** An own server with HTTPS: on a name and port of its own the service worker is active, and the app works offline. */
import { X509Certificate, createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test as base, chromium, expect } from '@playwright/test'
import { embeddedDeps } from '../../functions/src/embedded.ts'
import { initialiseStore } from '../../functions/src/initialise.ts'
import { createAccounts } from '../../functions/src/identity/accounts.ts'
import { hashPassword } from '../../functions/src/identity/password.ts'
import { adminCommand } from '../../functions/src/ops/commands.ts'
import { databasePath } from '../../functions/src/ops/dataDir.ts'
import { openSqliteStorage } from '../../functions/src/storage/sqlite.ts'
import { BROWSER_ARGS, installedBrowser } from '../../scripts/browser.mjs'
import { makeCertificate } from '../support/certificate.ts'
import { startServer } from '../support/server.ts'
import { tempDir } from '../support/tempDir.ts'
import { logInitiative, openRow, syncStatus } from './support.ts'

const EMAIL = 'kameido@example.jp'
const PASSWORD = '長い合言葉を使います'

base(
  'HTTPS with a self-signed certificate: the service worker is active and the app works offline',
  async () => {
    const directory = await tempDir()
    const dataDir = join(directory.path, 'data')
    await provision(dataDir)
    const { certFile, keyFile } = makeCertificate(directory.path)
    const tls = ['--tls-cert', certFile, '--tls-key', keyFile]
    const server = await startServer({ dataDir, demo: false, serve: ['--host', '127.0.0.1', ...tls] })
    // The name, not localhost: there a service worker runs over plain http too.
    const url = server.url.replace('localhost', 'kaizen.example.jp')
    const executablePath = installedBrowser()
    const context = await chromium.launchPersistentContext(join(directory.path, 'profile'), {
      // As on a tablet that trusts the bureau's own certificate.
      args: [
        ...BROWSER_ARGS,
        `--ignore-certificate-errors-spki-list=${fingerprintOf(certFile)}`,
        '--host-resolver-rules=MAP kaizen.example.jp 127.0.0.1',
      ],
      ...(executablePath === undefined ? {} : { executablePath }),
      locale: 'ja-JP',
      timezoneId: 'Asia/Tokyo',
      viewport: { width: 820, height: 1180 },
    })
    try {
      const page = context.pages()[0] ?? (await context.newPage())
      const opened = await page.goto(`${url}/`)
      expect(opened?.headers()['strict-transport-security']).toContain('max-age')
      expect(await page.evaluate(() => window.isSecureContext)).toBe(true)
      await page.getByLabel('メールアドレス', { exact: true }).fill(EMAIL)
      await page.getByLabel('パスワード', { exact: true }).fill(PASSWORD)
      await page.getByRole('button', { name: 'ログイン', exact: true }).click()
      await expect(syncStatus(page)).toHaveText('すべて送信済み')
      await expect
        .poll(() => page.evaluate(() => navigator.serviceWorker.controller?.state))
        .toBe('activated')

      await context.setOffline(true)
      await page.reload()
      await expect(syncStatus(page)).toHaveText('オフライン 未送信 0件')
      await logInitiative(page, { title: '圏外で書いた取組', progress: '実施中' })
      await expect(page.getByText('端末に保存', { exact: true })).toBeVisible()
      await context.setOffline(false)
      await expect(syncStatus(page)).toHaveText('すべて送信済み')
      await openRow(page, '圏外で書いた取組')
      await expect(page.getByText('受領済', { exact: true })).toBeVisible()
    } finally {
      await context.close()
      await server.stop()
      await directory.remove()
    }
  },
)

/** Units, and a person who has a password of their own already. */
async function provision(dataDir: string): Promise<void> {
  await adminCommand(['--data', dataDir, 'import-units', 'functions/demo/units.csv'])
  const storage = openSqliteStorage({ path: databasePath(dataDir) })
  const deps = embeddedDeps(storage, () => undefined)
  await initialiseStore(storage, Date.now())
  const person = { uid: 'kameido', email: EMAIL, name: '亀戸 担当', unit: 'labor-kameido' }
  const passwordHash = await hashPassword(PASSWORD)
  const created = await createAccounts(deps, [{ ...person, roles: ['staff'], passwordHash }])
  await storage.close()
  if (!created.ok) throw new Error(created.error.type)
}

/** What Chromium calls the certificate's key: SHA-256 of its public half. */
function fingerprintOf(certFile: string): string {
  const key = new X509Certificate(readFileSync(certFile)).publicKey.export({ type: 'spki', format: 'der' })
  return createHash('sha256').update(key).digest('base64')
}
