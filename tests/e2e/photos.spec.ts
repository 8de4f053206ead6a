/** [S24] Photos in a real browser: chosen offline, killed, sent, without a trace of where they were taken. */
import { createHash } from 'node:crypto'
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from '@playwright/test'
import { GPS, cameraPicture, choose, file, hugePng, openOne, uploads } from './pictures.ts'
import { logInitiative, openInApp, openKillableTablet, openRow, signIn, test, untilSent } from './support.ts'

const KAMEIDO = 'labor-kameido@demo.example'

test('[S24] a 12-megapixel photo chosen offline survives a kill and arrives the same, upright and without its place', async ({
  server,
  openTablet,
}) => {
  const tablet = await openKillableTablet()
  await signIn(tablet.page, server.url, KAMEIDO)
  await expect.poll(() => tablet.page.evaluate(() => navigator.serviceWorker.controller !== null)).toBe(true)
  const original = await cameraPicture(tablet.page)
  expect(original.includes(GPS)).toBe(true)

  await tablet.context.setOffline(true)
  await tablet.page.getByRole('link', { name: '取組を記録' }).first().click()
  await choose(tablet.page, original)
  await expect(openOne(tablet.page).getByRole('img')).toBeVisible({ timeout: 60_000 })
  await expect(tablet.page.getByText('書きかけを端末に残しました')).toBeVisible()

  await tablet.kill()
  let page = await tablet.reopen({ offline: true })
  await page.goto(`${server.url}/log`)
  await expect(page.getByText('書きかけを復元しました')).toBeVisible()
  await expect(openOne(page).getByRole('img')).toBeVisible()
  await page.getByRole('textbox', { name: '取組内容', exact: true }).fill('掲示板の張り替え')
  await page.getByRole('button', { name: '保存', exact: true }).click()
  await expect(page.getByRole('heading', { level: 1, name: '掲示板の張り替え' })).toBeVisible()
  await expect(openOne(page).getByRole('img')).toBeVisible()
  await expect(page.getByRole('link', { name: '写真送信待ち 1枚' })).toBeVisible()

  await tablet.kill()
  page = await tablet.reopen({ offline: true })
  await page.goto(`${server.url}/`)
  await expect(page.getByText('写真 1枚')).toBeVisible()
  await expect(page.getByRole('link', { name: /写真送信待ち/ })).toBeVisible()
  await tablet.context.setOffline(false)
  await expect(page.getByRole('link', { name: /写真送信待ち/ })).toHaveCount(0, { timeout: 60_000 })

  const [photo] = await uploads(page)
  if (photo === undefined) throw new Error('The tablet knows of no photo.')
  expect([photo.width, photo.height]).toEqual([1200, 1600])
  const folder = join(server.dataDir, 'blobs/photos', photo.id)
  expect(readdirSync(folder)).toHaveLength(2)
  const sent = readFileSync(join(folder, `${photo.sha256}.jpg`))
  expect(createHash('sha256').update(sent).digest('hex')).toBe(photo.sha256)
  for (const name of readdirSync(folder)) {
    const bytes = readFileSync(join(folder, name))
    for (const trace of ['Exif', 'GPS', 'http'])
      expect(bytes.includes(trace), `${trace} in ${name}`).toBe(false)
  }

  await test.step('a second tablet shows the thumbnail, and goes on showing it offline', async () => {
    const lead = await openTablet('lead-labor-kameido@demo.example')
    await openRow(lead, '掲示板の張り替え')
    await expect(openOne(lead).getByRole('img')).toBeVisible()
    await lead.context().setOffline(true)
    await openInApp(lead, 'ホーム')
    await openRow(lead, '掲示板の張り替え')
    await expect(openOne(lead).getByRole('img')).toBeVisible()
    await openOne(lead).click()
    await expect(lead.getByRole('dialog')).toContainText('通信がないため')
    await lead.getByRole('dialog').getByRole('button', { name: '閉じる' }).click()
    await lead.context().setOffline(false)
    await openOne(lead).click()
    const full = lead.getByRole('dialog').getByRole('img', { name: '写真 1' })
    await expect(full).toBeVisible()
    await expect
      .poll(() => full.evaluate((image) => (image instanceof HTMLImageElement ? image.naturalHeight : 0)))
      .toBe(1600)
  })

  await test.step('another unit’s person cannot fetch it', async () => {
    const osaki = await openTablet('labor-osaki@demo.example')
    const asked = osaki.waitForRequest((request) => request.url().includes('/api/pull'))
    await osaki.getByRole('button', { name: '今すぐ同期' }).click()
    const { authorization = '' } = await (await asked).allHeaders()
    const answer = await fetch(`${server.url}/api/blobs/${photo.id}/sha256`, { headers: { authorization } })
    expect([answer.status, await answer.json()]).toEqual([404, { type: 'notFound' }])
  })
  await tablet.dispose()
})

test('[S24] a photo goes on a row and on a note, is looked through by keyboard, and removed', async ({
  openTablet,
}) => {
  const page = await openTablet(KAMEIDO)
  const original = await cameraPicture(page)
  await untilSent(page, async () => {
    await logInitiative(page, { title: '倉庫の棚卸し' })
  })
  await choose(page, original, Buffer.concat([original, Buffer.from('another')]), Buffer.from('no picture'))
  await expect(page.getByText('写真を1枚、端末に保存しました')).toBeVisible()
  await expect(page.getByRole('alert')).toContainText('「IMG_0003.JPG」：')
  await openOne(page).click()
  await expect(page.getByRole('dialog').getByRole('img', { name: '写真 1' })).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toHaveCount(0)

  await page.getByRole('button', { name: '経過を追加' }).click()
  await page.getByRole('textbox', { name: '経過の内容' }).fill('棚を入れ替えた。')
  const note = page.getByRole('region', { name: '経過' })
  await note.locator('input[type=file][multiple]').setInputFiles([file(original)])
  await expect(note.getByRole('img')).toBeVisible()
  await note.getByRole('button', { name: '経過を保存' }).click()
  await expect(
    note.getByRole('listitem').filter({ hasText: '棚を入れ替えた。' }).getByRole('img'),
  ).toBeVisible()

  await openOne(page).first().click()
  await page.getByRole('button', { name: 'この写真を削除' }).click()
  await page.getByRole('button', { name: '削除する' }).click()
  await expect(page.getByText('写真を削除しました')).toBeVisible()
  await expect(page.getByRole('link', { name: /写真送信待ち/ })).toHaveCount(0)
  await openInApp(page, 'ホーム')
  await expect(page.getByText('写真 1枚')).toBeVisible()
})

test('[S24] what is no photo is refused with what to do, and signing out waits for photos', async ({
  openTablet,
}) => {
  const page = await openTablet(KAMEIDO)
  await untilSent(page, async () => {
    await logInitiative(page, { title: '備品の整理' })
  })
  const input = page.locator('input[type=file][multiple]').first()
  // Made in the page: to hand it over takes half a minute.
  await input.evaluate((element) => {
    if (!(element instanceof HTMLInputElement)) throw new Error('no input')
    const chosen = new DataTransfer()
    chosen.items.add(new File([new Uint8Array(40 * 1024 * 1024 + 1)], 'large.jpg', { type: 'image/jpeg' }))
    element.files = chosen.files
    element.dispatchEvent(new Event('change', { bubbles: true }))
  })
  await expect(page.getByRole('alert')).toContainText('「large.jpg」：大きすぎるため')
  const heic = Buffer.concat([Buffer.from([0, 0, 0, 24]), Buffer.from('ftypheic'), Buffer.alloc(40)])
  await input.setInputFiles([
    file(heic, 'IMG_0002.HEIC'),
    file(Buffer.from('not a picture'), 'memo.jpg'),
    { name: 'bomb.png', mimeType: 'image/png', buffer: hugePng() },
  ])
  for (const words of [
    '「IMG_0002.HEIC」：',
    '互換性優先',
    '「memo.jpg」：',
    '「bomb.png」：大きすぎるため',
    '端末に残っています',
  ])
    await expect(page.getByRole('alert')).toContainText(words)

  await page.route('**/api/blobs/**', (route) => route.abort())
  await choose(page, await cameraPicture(page))
  await expect(page.getByRole('link', { name: '写真送信待ち 1枚' })).toBeVisible()
  await openInApp(page, '設定')
  await page.getByRole('button', { name: 'ログアウト' }).click()
  await expect(page.getByRole('dialog')).toContainText('写真 1枚の送信が終わっていません')
  await page.getByRole('dialog').getByRole('button', { name: '閉じる' }).first().click()
  await page.unroute('**/api/blobs/**')
  await page.getByRole('button', { name: '今すぐ同期' }).first().click()
  await expect(page.getByRole('link', { name: /写真送信待ち/ })).toHaveCount(0)
  await page.getByRole('button', { name: 'ログアウト' }).click()
  await expect(page.getByRole('button', { name: 'ログイン', exact: true })).toBeVisible()
})
