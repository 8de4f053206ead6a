import { type Page, expect } from '@playwright/test'
import { rawTablet } from '../support/rawTablet.ts'
import { violationsOf } from './axe.ts'
import { logInitiative, openInApp, signIn, test, untilSent } from './support.ts'

const LEAD = 'lead-labor-kameido@demo.example'

/** Forms being typed into that the tablet keeps. */
const keptForms = (page: Page): Promise<IDBValidKey[]> =>
  page.evaluate(
    () =>
      new Promise<IDBValidKey[]>((resolve) => {
        const open = indexedDB.open('kaizencho-demo-lead-labor-kameido')
        open.onsuccess = () => {
          const keys = open.result.transaction('forms').objectStore('forms').getAllKeys()
          keys.onsuccess = () => {
            open.result.close()
            resolve(keys.result)
          }
        }
      }),
  )

/** Headquarters has asked for something about a row, to be answered long ago. */
async function askWithDeadline(url: string, initiative: string): Promise<void> {
  const hq = await rawTablet(url, 'hq')
  const asked = { kind: 'request', text: '待ち時間の数字を教えてください。', dueDate: '2020-04-01' }
  const set = { stage: 'open', initiative, ...asked }
  await hq.write([{ op: 'create', type: 'feedback', id: 'asked-long-ago', set }])
}

test('[S3] feedback becomes a task and a notice, read offline, gone once answered; its reply is kept while typed and is headquarters’ news', async ({
  openTablet,
  server,
}) => {
  const lead = await openTablet(LEAD)
  let id = ''
  await untilSent(lead, async () => {
    id = await logInitiative(lead, { title: '待ち時間の短縮', submit: true })
  })
  await openInApp(lead, 'ホーム')
  await expect(lead.getByText('いま対応が必要なことはありません。')).toBeVisible()
  await askWithDeadline(server.url, id)
  const hq = await openTablet('hq@demo.example')

  await lead.getByRole('button', { name: '今すぐ同期' }).click()
  await expect(lead.getByRole('link', { name: '回答する： 待ち時間の短縮' })).toBeVisible()
  await expect(lead.getByText('期限超過', { exact: true })).toBeVisible()
  await lead.context().setOffline(true)
  await lead.getByRole('link', { name: /^お知らせ\s?（未読2件）$/ }).click()
  await lead.getByRole('link', { name: /^回答期限を過ぎました/ }).click()
  await expect(lead.getByRole('heading', { level: 1, name: '待ち時間の短縮' })).toBeVisible()
  await lead.getByRole('link', { name: /^お知らせ\s?（未読1件）$/ }).click()
  await lead.getByRole('button', { name: 'すべて既読にする' }).click()
  await expect(lead.getByText('すべて読みました。')).toBeVisible()
  await lead.context().setOffline(false)
  await lead.reload()
  await expect(lead.getByText('すべて読みました。')).toBeVisible()

  await openInApp(lead, 'ホーム')
  await lead.getByRole('link', { name: '回答する： 待ち時間の短縮' }).click()
  const reply = lead.getByRole('textbox', { name: '回答', exact: true })
  await lead.getByRole('button', { name: '回答を送る' }).click()
  await expect(reply).toBeFocused()
  await reply.fill('平均二十五分です。')
  await expect.poll(() => keptForms(lead)).toContainEqual(expect.stringContaining('reply:'))
  await lead.reload()
  await expect(reply).toHaveValue('平均二十五分です。')
  await untilSent(lead, () => lead.getByRole('button', { name: '回答を送る' }).click())
  expect(await keptForms(lead)).not.toContainEqual(expect.stringContaining('reply:'))
  await openInApp(lead, 'ホーム')
  await expect(lead.getByText('いま対応が必要なことはありません。')).toBeVisible()

  await openInApp(hq, 'ホーム')
  await hq.getByRole('button', { name: '今すぐ同期' }).click()
  await expect(hq.getByRole('link', { name: '回答を読む： 待ち時間の短縮' })).toBeVisible()
  await hq.getByRole('link', { name: /^お知らせ/ }).click()
  await hq.getByRole('link', { name: '部所から回答が届きました' }).click()
  await untilSent(hq, () => hq.getByRole('button', { name: '回答を確認した' }).click())
  await openInApp(hq, 'ホーム')
  await expect(hq.getByText('いま対応が必要なことはありません。')).toBeVisible()
})

test('a returned row says why on ホーム; staff, who cannot submit it, are told but not asked', async ({
  openTablet,
}) => {
  const lead = await openTablet(LEAD)
  let id = ''
  await untilSent(lead, async () => {
    id = await logInitiative(lead, { title: '戻される取組', submit: true })
  })
  const hq = await openTablet('hq@demo.example')
  await hq.goto(new URL(`/initiatives/${id}`, hq.url()).href)
  await hq.getByRole('button', { name: '差し戻す' }).click()
  await hq.getByRole('dialog').getByRole('textbox').fill('目標を数字で書いてください。')
  await untilSent(hq, () => hq.getByRole('dialog').getByRole('button', { name: '差し戻す' }).click())
  await openInApp(lead, 'ホーム')
  await lead.getByRole('button', { name: '今すぐ同期' }).click()
  await expect(lead.getByText('理由：目標を数字で書いてください。')).toBeVisible()
  const staff = await openTablet('labor-kameido@demo.example')
  await expect(staff.getByText('いま対応が必要なことはありません。')).toBeVisible()
  await staff.getByRole('link', { name: /^お知らせ\s?（未読1件）$/ }).click()
  await expect(staff.getByRole('link', { name: '差戻しになりました' })).toBeVisible()
})

test('the first explanation is there once, and again when asked for', async ({ openTablet }) => {
  const page = await openTablet('labor-kameido@demo.example')
  await page.getByRole('link', { name: 'くわしく見る' }).click()
  await expect(page.getByRole('heading', { name: '「未送信」とは' })).toBeVisible()
  await page.getByRole('link', { name: 'ホームへ' }).click()
  await expect(page.getByRole('heading', { level: 1, name: '亀戸事務所の取組' })).toBeVisible()
  await expect(page.getByRole('link', { name: 'くわしく見る' })).toHaveCount(0)
  await openInApp(page, '設定')
  await page.getByRole('link', { name: 'はじめの説明を見る' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'はじめに' })).toBeVisible()
})

test('an iPad is shown the steps, a browser that offers to install has the button', async ({
  browser,
  server,
}) => {
  const ipad = await browser.newContext({
    locale: 'ja-JP',
    userAgent:
      'Mozilla/5.0 (iPad; CPU OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Safari/604.1',
  })
  const page = await ipad.newPage()
  await signIn(page, server.url, 'labor-kameido@demo.example')
  await page.getByRole('link', { name: 'くわしく見る' }).click()
  await expect(page.getByText('「ホーム画面に追加」を押します。')).toBeVisible()
  await page.evaluate(() => {
    const offer = new Event('beforeinstallprompt', { cancelable: true })
    window.dispatchEvent(Object.assign(offer, { prompt: () => Promise.resolve({ outcome: 'accepted' }) }))
  })
  await page.getByRole('button', { name: 'この端末に入れる' }).click()
  await expect(page.getByText('この端末に入れました。')).toBeVisible()
  await ipad.close()
})

for (const width of [390, 1180]) {
  test(`お知らせ, 使い方 and はじめに have no accessibility violation at ${width} px`, async ({
    openTablet,
  }) => {
    const page = await openTablet(LEAD)
    await page.setViewportSize({ width, height: width === 390 ? 844 : 820 })
    await page.getByRole('link', { name: 'お知らせ' }).click()
    await expect(page.getByText('お知らせはありません')).toBeVisible()
    expect(await violationsOf(page), 'お知らせ').toEqual([])
    await page.getByRole('button', { name: '「お知らせ」の使い方' }).click()
    await page.getByRole('button', { name: 'キーボードでの操作' }).click()
    expect(await violationsOf(page), '使い方').toEqual([])
    await page.getByRole('link', { name: 'はじめの説明をもう一度見る' }).click()
    await expect(page.getByRole('heading', { level: 1, name: 'はじめに' })).toBeVisible()
    expect(await violationsOf(page), 'はじめに').toEqual([])
  })
}
