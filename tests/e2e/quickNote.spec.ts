/** 経過 written from a card of ホーム: in one tap, offline, and whatever happens to the tab. */
import { type Page, expect } from '@playwright/test'
import {
  expectAccessible,
  logInitiative,
  openInApp,
  openKillableTablet,
  openRow,
  signIn,
  syncStatus,
  test,
  untilSent,
} from './support.ts'

const KAMEIDO = 'labor-kameido@demo.example'
const TITLE = '受付票の見直し'

/** Texts of the 経過 that the tablet keeps while they are written. */
const keptTexts = (page: Page): Promise<string[]> =>
  page.evaluate(async () => {
    const open = indexedDB.open('kaizencho-demo-labor-kameido')
    const db = await new Promise<IDBDatabase>((resolve) => (open.onsuccess = () => resolve(open.result)))
    const all = db.transaction('forms').objectStore('forms').getAll()
    const forms = await new Promise<{ id: string; value: { text: string } }[]>(
      (resolve) => (all.onsuccess = () => resolve(all.result)),
    )
    db.close()
    return forms.filter(({ id }) => id.startsWith('note:')).map(({ value }) => value.text)
  })

test('[S3] a 経過 from the card, offline: killed while it is written, gone on with, and sent with its photo and progress', async ({
  server,
  openTablet,
}) => {
  const tablet = await openKillableTablet()
  let { page } = tablet
  await signIn(page, server.url, KAMEIDO)
  await expect.poll(() => page.evaluate(() => navigator.serviceWorker.controller !== null)).toBe(true)
  await untilSent(page, async () => {
    await logInitiative(page, { title: TITLE, progress: '検討中' })
  })
  await openInApp(page, 'ホーム')
  await tablet.context.setOffline(true)

  const cardOf = () =>
    page.getByRole('listitem').filter({ has: page.getByRole('link', { name: TITLE, exact: true }) })
  const dialog = () => page.getByRole('dialog', { name: `経過：${TITLE}` })
  await page.getByRole('button', { name: `経過を書く （${TITLE}）` }).click()
  await expect(dialog()).toBeVisible()
  await expectAccessible(page)
  await dialog().getByRole('button', { name: '経過を保存' }).click()
  await expect(dialog()).toContainText('経過の内容を入力するか、写真を付けてください')
  await dialog().getByRole('radio', { name: '実施中', exact: true }).check()
  await dialog().getByRole('button', { name: '経過を保存' }).click()
  await expect(dialog()).toContainText('＊進捗を変えた理由を1行で書いてください')
  await dialog().getByRole('textbox', { name: '経過の内容' }).fill('窓口で試し始めた。')
  await dialog()
    .locator('input[type=file][multiple]')
    .setInputFiles({ name: 'a.png', mimeType: 'image/png', buffer: await page.screenshot() })
  await expect(dialog().getByRole('img', { name: '写真 1' })).toBeVisible()
  await expect.poll(() => keptTexts(page)).toEqual(['窓口で試し始めた。'])

  await tablet.kill()
  page = await tablet.reopen({ offline: true })
  await page.goto(`${server.url}/`)
  await expect(page.getByRole('link', { name: `続きを書く： ${TITLE}` })).toBeVisible()
  await page.getByRole('button', { name: `経過の続きを書く （${TITLE}）` }).click()
  await expect(dialog()).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(page.getByText('書きかけを端末に残しました')).toBeVisible()
  await page.getByRole('button', { name: `経過の続きを書く （${TITLE}）` }).click()
  await expect(dialog()).toContainText('書きかけの経過を復元しました')
  await expect(dialog().getByRole('radio', { name: '実施中', exact: true })).toBeChecked()
  await expect(dialog().getByRole('textbox', { name: '経過の内容' })).toHaveValue('窓口で試し始めた。')
  await expect(dialog().getByRole('img', { name: '写真 1' })).toBeVisible()
  await dialog().getByRole('button', { name: '経過を保存' }).click()
  await expect(dialog()).toHaveCount(0)
  for (const words of ['実施中', '経過 1件', '写真 1枚', '端末に保存'])
    await expect(cardOf()).toContainText(words)
  await expect(page.getByRole('button', { name: `経過を書く （${TITLE}）` })).toBeVisible()

  await tablet.context.setOffline(false)
  await expect(syncStatus(page)).toHaveText('すべて送信済み')
  await expect(page.getByRole('link', { name: /写真送信待ち/ })).toHaveCount(0)
  const lead = await openTablet('lead-labor-kameido@demo.example')
  await openRow(lead, TITLE)
  const note = lead
    .getByRole('region', { name: '経過' })
    .getByRole('listitem')
    .filter({ hasText: '窓口で試し始めた。' })
  await expect(note).toContainText('検討中')
  await expect(note).toContainText('実施中')
  await expect(note.getByRole('img', { name: '写真 1' })).toBeVisible()
  await tablet.dispose()
})

test('a 経過 that is left on the row waits there, and one thrown away can be taken back', async ({
  openTablet,
}) => {
  const page = await openTablet(KAMEIDO)
  await untilSent(page, async () => {
    await logInitiative(page, { title: TITLE })
  })
  const text = page.getByRole('textbox', { name: '経過の内容' })
  await page.getByRole('button', { name: '経過を追加' }).click()
  await text.fill('途中まで。')
  await openRow(page, TITLE)
  await expect(text).toHaveValue('途中まで。')
  await page.getByRole('button', { name: 'やめる' }).click()
  await expect(text).toHaveCount(0)
  await page.getByRole('button', { name: '元に戻す' }).click()
  await expect(text).toHaveValue('途中まで。')
  await page.getByRole('button', { name: 'やめる' }).click()
  await openRow(page, TITLE)
  await expect(page.getByRole('button', { name: '経過を追加' })).toBeVisible()
  await openInApp(page, 'ホーム')
  await expect(page.getByRole('button', { name: `経過を書く （${TITLE}）` })).toBeVisible()
})
