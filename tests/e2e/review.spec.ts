import { type Locator, type Page, expect } from '@playwright/test'
import { reviewIdOf } from '../../src/domain/types/review.ts'
import { rawTablet } from '../support/rawTablet.ts'
import { violationsOf } from './axe.ts'
import { openInApp, syncStatus, test, untilSent } from './support.ts'

const LEAD = 'lead-labor-kameido'
const COUNT = 40
const FED_BACK = 10
const UNIT = 'labor-kameido'
const idOf = (index: number): string => `review-row-${index}`
const titleOf = (index: number): string => `レビューする取組${index}`
const rows = Array.from({ length: COUNT }, (_, index) => index + 1)

/** Rows that headquarters has seen, each changed by its unit since. */
async function prepare(url: string): Promise<void> {
  const [lead, hq] = await Promise.all([rawTablet(url, LEAD), rawTablet(url, 'hq')])
  const plan = '12月に試行する。'
  await lead.write(
    rows.map((index) => ({
      ...{ op: 'create', type: 'initiative', id: idOf(index) },
      set: { stage: 'submitted', title: titleOf(index), leadUnit: UNIT, fiscalYear: 2026, plan },
    })),
  )
  await hq.write(
    rows.map((index) => ({
      ...{ op: 'create', type: 'review', id: reviewIdOf('demo-hq', idOf(index)) },
      set: { stage: 'seen', initiative: idOf(index), rev: 1, ownRev: 1 },
    })),
  )
  await lead.write(
    rows.map((index) => ({
      ...{ op: 'edit', type: 'initiative', id: idOf(index), rev: 1, stage: 'submitted' },
      ...{ set: { plan: `${plan}1月から本番とする。` }, from: { plan } },
    })),
  )
}

const NEW_COUNT = 2
/** Rows that the unit has submitted anew; answers the id of one. */
async function submitTwo(url: string): Promise<string> {
  const lead = await rawTablet(url, LEAD)
  await lead.write(
    rows.slice(0, NEW_COUNT).map((index) => ({
      ...{ op: 'create', type: 'initiative', id: idOf(index) },
      set: { stage: 'submitted', title: titleOf(index), leadUnit: UNIT, fiscalYear: 2026 },
    })),
  )
  return idOf(1)
}

/** Goes on with Tab until the keyboard is there. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  for (let step = 0; step < 20; step += 1) {
    if (await target.evaluate((element) => element === document.activeElement)) return
    await page.keyboard.press('Tab')
  }
  await expect(target).toBeFocused()
}

const count = (page: Page, expected: number) =>
  expect(page.getByRole('region', { name: '確認待ちの取組' }).getByRole('status')).toHaveText(`${expected}件`)
/** The open row is on the screen, with what changed in it. */
const untilRead = (page: Page) =>
  expect(page.locator('ins').filter({ hasText: '1月から本番とする。' })).toBeVisible()

test('forty changed rows are reviewed by keyboard alone, with feedback to many; the office reads it offline, its reply returns', async ({
  openTablet,
  server,
}) => {
  await prepare(server.url)
  const hq = await openTablet('hq@demo.example')
  await hq.setViewportSize({ width: 1440, height: 900 })
  await hq.goto(`${server.url}/review?unit=${UNIT}&year=2026`)
  await count(hq, COUNT)
  await untilRead(hq)
  expect(await violationsOf(hq), '確認待ち').toEqual([])

  // Ten rows are chosen, and get one request each.
  await hq.keyboard.press('x')
  for (let step = 1; step < FED_BACK; step += 1) await hq.keyboard.press('j')
  await hq.keyboard.press('Shift+X')
  await hq.keyboard.press('f')
  const dialog = hq.getByRole('dialog', { name: `${FED_BACK}件にフィードバックを送る` })
  await tabTo(hq, dialog.getByRole('textbox', { name: 'フィードバックの内容' }))
  // A letter that is a key of the page is only a letter here.
  await hq.keyboard.type('効果を数字で書いてください。rx')
  await tabTo(hq, dialog.getByRole('button', { name: '送る', exact: true }))
  await hq.keyboard.press('Enter')
  await expect(dialog).toHaveCount(0)
  await count(hq, COUNT - FED_BACK)

  // One is marked as 好事例, one goes back to its unit; a 確認した is taken back.
  await untilRead(hq)
  await hq.keyboard.press('g')
  await expect(hq.getByRole('button', { name: '好事例を外す' })).toBeVisible()
  await hq.keyboard.press('j')
  await untilRead(hq)
  const openRow = hq.getByRole('heading', { level: 2, name: /^レビューする取組/ })
  const returnedTitle = (await openRow.textContent()) ?? ''
  await hq.keyboard.press('r')
  const returning = hq.getByRole('dialog', { name: '差し戻す' })
  await tabTo(hq, returning.getByRole('textbox'))
  await hq.keyboard.type('目標を書いてください。')
  await tabTo(hq, returning.getByRole('button', { name: '差し戻す' }))
  await hq.keyboard.press('Enter')
  await count(hq, COUNT - FED_BACK - 1)
  await expect(openRow).not.toHaveText(returnedTitle)
  await untilRead(hq)
  await hq.keyboard.press('Space')
  await expect(hq.getByText('確認しました', { exact: true })).toBeVisible()
  await count(hq, COUNT - FED_BACK - 2)
  await hq.keyboard.press('u')
  await expect(hq.getByText('確認を取り消しました')).toBeVisible()

  for (let left = COUNT - FED_BACK - 1; left > 0; left -= 1) {
    await count(hq, left)
    await untilRead(hq)
    await hq.keyboard.press(left % 2 === 0 ? 'Space' : 'Enter')
  }
  await expect(hq.getByText('条件に合う確認待ちの取組はありません')).toBeVisible()
  await expect(syncStatus(hq)).toHaveText('すべて送信済み', { timeout: 60_000 })

  const lead = await openTablet(`${LEAD}@demo.example`)
  await lead.context().setOffline(true)
  await lead.goto(`${server.url}/initiatives/${idOf(1)}`)
  await expect(lead.getByText('効果を数字で書いてください。rx')).toBeVisible()
  await lead.getByRole('textbox', { name: '回答', exact: true }).fill('待ち時間が二十五分になりました。')
  await lead.getByRole('button', { name: '回答を送る' }).click()
  await expect(lead.getByText('待ち時間が二十五分になりました。')).toBeVisible()
  await untilSent(lead, async () => {
    await lead.context().setOffline(false)
    await lead.getByRole('button', { name: '今すぐ同期' }).click()
  })

  await hq.getByRole('button', { name: '今すぐ同期' }).click()
  await count(hq, 1)
  await expect(hq.getByText('待ち時間が二十五分になりました。')).toBeVisible()
  await untilSent(hq, () => hq.getByRole('button', { name: '確認した', exact: true }).click())
  await hq.getByRole('link', { name: 'フィードバック', exact: true }).click()
  await hq.getByRole('radio', { name: '完了（1）' }).check()
  await expect(hq.getByText('待ち時間が二十五分になりました。')).toBeVisible()
  expect(await violationsOf(hq), '送ったフィードバック').toEqual([])

  await lead.getByRole('button', { name: '今すぐ同期' }).click()
  await expect(lead.getByText('完了', { exact: true })).toBeVisible()
  // It is headquarters' page, and no other person's.
  await lead.goto(`${server.url}/review`)
  await expect(lead.getByText('この画面は本部事務局が使います')).toBeVisible()
})

test('[S3] feedback that headquarters has half written is there again until it is sent or thrown away', async ({
  openTablet,
  server,
}) => {
  const id = await submitTwo(server.url)
  const hq = await openTablet('hq@demo.example')
  await hq.goto(`${server.url}/review?unit=${UNIT}&year=2026`)
  const dialog = hq.getByRole('dialog', { name: `${NEW_COUNT}件にフィードバックを送る` })
  const text = dialog.getByRole('textbox', { name: 'フィードバックの内容' })
  const giveToAll = async (): Promise<void> => {
    await hq.getByRole('button', { name: 'すべて選ぶ' }).click()
    await hq.getByRole('button', { name: `${NEW_COUNT}件にフィードバック` }).click()
  }
  await giveToAll()
  await dialog.getByRole('button', { name: '送る', exact: true }).click()
  await expect(text).toBeFocused()
  await text.fill('効果を数字で書いてください。')
  await dialog.getByLabel('回答期限').fill('2020-04-01')
  await dialog.getByRole('button', { name: '送る', exact: true }).click()
  await expect(dialog.getByText('＊回答期限は今日以降の日付にしてください。')).toBeVisible()
  await expect(dialog.getByLabel('回答期限')).toBeFocused()
  await hq.keyboard.press('Escape')
  await expect(hq.getByText('書きかけを端末に残しました')).toBeVisible()

  await hq.reload()
  await giveToAll()
  await expect(dialog.getByText('書きかけを復元しました')).toBeVisible()
  await expect(text).toHaveValue('効果を数字で書いてください。')
  expect(await violationsOf(hq), '書きかけのフィードバック').toEqual([])
  await dialog.getByRole('button', { name: 'やめる' }).click()
  await hq.getByRole('button', { name: '元に戻す' }).click()
  await expect(text).toHaveValue('効果を数字で書いてください。')
  await dialog.getByLabel('回答期限').fill('2099-04-01')
  await dialog.getByRole('checkbox', { name: '送ったあと、確認済みにする' }).uncheck()
  await untilSent(hq, () => dialog.getByRole('button', { name: '送る', exact: true }).click())
  await giveToAll()
  await expect(text).toHaveValue('')
  await expect(dialog.getByText('書きかけを復元しました')).toHaveCount(0)

  // On the row's page.
  await hq.goto(`${server.url}/initiatives/${id}`)
  const feedback = hq.getByRole('region', { name: 'フィードバック' })
  const own = feedback.getByRole('textbox', { name: 'フィードバックの内容' })
  await feedback.getByRole('button', { name: 'フィードバックを送る' }).click()
  await own.fill('写真を付けてください。')
  await openInApp(hq, 'ホーム')
  await hq.waitForURL(`${server.url}/`)
  await hq.goBack()
  await expect(feedback.getByText('書きかけを復元しました')).toBeVisible()
  await expect(own).toHaveValue('写真を付けてください。')
  await untilSent(hq, () => feedback.getByRole('button', { name: '送る', exact: true }).click())
  await hq.reload()
  await expect(feedback.getByText('写真を付けてください。')).toBeVisible()
  await expect(own).toHaveCount(0)
})

test('[S3] a half-written reason of 差戻し is there again until it is sent or thrown away', async ({
  openTablet,
  server,
}) => {
  const id = await submitTwo(server.url)
  const hq = await openTablet('hq@demo.example')
  await hq.goto(`${server.url}/initiatives/${id}`)
  const dialog = hq.getByRole('dialog', { name: '差し戻す' })
  const reason = dialog.getByRole('textbox', { name: '差戻しの理由' })
  const begin = (): Promise<void> => hq.getByRole('button', { name: '差し戻す', exact: true }).click()
  await begin()
  await dialog.getByRole('button', { name: '差し戻す' }).click()
  await expect(reason).toBeFocused()
  await reason.fill('目標を書いてください。')
  await dialog.getByRole('button', { name: '閉じる' }).click()
  await begin()
  await expect(dialog.getByText('書きかけを復元しました')).toBeVisible()
  await expect(reason).toHaveValue('目標を書いてください。')
  await dialog.getByRole('button', { name: 'やめる' }).click()
  await begin()
  await expect(reason).toHaveValue('')
  await reason.fill('計画も書いてください。')
  await hq.reload()
  await begin()
  await expect(reason).toHaveValue('計画も書いてください。')
  await untilSent(hq, () => dialog.getByRole('button', { name: '差し戻す' }).click())
  await expect(hq.getByText('計画も書いてください。')).toBeVisible()
})

test('where nothing waits for a review, news of the rows harms nobody', async ({ openTablet, server }) => {
  const hq = await openTablet('hq@demo.example')
  const failures: string[] = []
  hq.on('pageerror', ({ message }) => failures.push(message))
  hq.on('console', (message) => {
    if (message.type() === 'error') failures.push(message.text())
  })
  // A year without rows.
  await hq.goto(`${server.url}/review?year=2020`)
  await expect(hq.getByText('条件に合う確認待ちの取組はありません')).toBeVisible()
  const lead = await rawTablet(server.url, LEAD)
  await lead.write([
    {
      ...{ op: 'create', type: 'initiative', id: idOf(1) },
      set: { stage: 'submitted', title: titleOf(1), leadUnit: UNIT, fiscalYear: 2026 },
    },
    {
      ...{ op: 'create', type: 'note', id: 'review-note' },
      set: { stage: 'posted', initiative: idOf(1), text: '試行を始めた。' },
    },
  ])
  await hq.getByRole('button', { name: '今すぐ同期' }).click()
  await expect(hq.getByRole('combobox', { name: '年度' })).toContainText('令和8年度（1）')
  expect(failures).toEqual([])
})
