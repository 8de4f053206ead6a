import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from '@playwright/test'
import { startServer } from '../support/server.ts'
import { signIn, test } from './support.ts'

test('a new version waits until the person says so, and an open form survives it', async ({ page }) => {
  const distDir = mkdtempSync(join(tmpdir(), 'kaizencho-dist-'))
  cpSync('dist', distDir, { recursive: true })
  const server = await startServer({ demo: true, distDir })
  await signIn(page, server.url, 'labor-kameido@demo.example')
  await expect.poll(() => page.evaluate(() => navigator.serviceWorker.controller !== null)).toBe(true)
  await page.getByRole('link', { name: '取組を記録' }).click()
  await page.getByRole('textbox', { name: '取組内容', exact: true }).fill('更新をまたぐ取組')

  const worker = join(distDir, 'sw.js')
  writeFileSync(worker, `${readFileSync(worker, 'utf8')}\n// next version\n`)
  await page.evaluate(async () => {
    const registration = await navigator.serviceWorker.ready
    await registration.update()
  })
  await expect(page.getByText('新しい版があります')).toBeVisible()
  await expect(page.getByRole('textbox', { name: '取組内容', exact: true })).toHaveValue('更新をまたぐ取組')

  const reloaded = page.waitForEvent('load')
  await page.getByRole('button', { name: '更新する' }).click()
  await reloaded
  await expect(page.getByText('書きかけを復元しました')).toBeVisible()
  await expect(page.getByRole('textbox', { name: '取組内容', exact: true })).toHaveValue('更新をまたぐ取組')
  await expect(page.getByText('新しい版があります')).toHaveCount(0)
  await server.stop()
  rmSync(distDir, { recursive: true, force: true })
})

test('the app can be installed: manifest with Japanese name, icons and shortcuts', async ({
  server,
  request,
}) => {
  const manifest = await (await request.get(`${server.url}/manifest.webmanifest`)).json()
  expect(manifest).toMatchObject({ name: '改善帳', lang: 'ja', display: 'standalone', start_url: '/' })
  expect(manifest.shortcuts.map(({ url }: { url: string }) => url)).toEqual(['/log', '/list'])
  expect(manifest.icons.some(({ purpose }: { purpose: string }) => purpose === 'maskable')).toBe(true)
  const files = [...manifest.icons, ...manifest.shortcuts.flatMap(({ icons }: { icons: unknown[] }) => icons)]
  for (const { src } of files)
    expect((await request.get(server.url + src)).headers()['content-type']).toBe('image/png')
})
