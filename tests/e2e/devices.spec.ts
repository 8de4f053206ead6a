import AxeBuilder from '@axe-core/playwright'
import { type Locator, type Page, expect } from '@playwright/test'
import { asClientId, asDeviceId, asUid } from '../../src/domain/ids.ts'
import { buildOutboxFile } from '../../src/domain/outboxFile.ts'
import { FIREBASE, editText, logInitiative, openInApp, test, untilSent } from './support.ts'

async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag22aa']).analyze()
  expect(violations).toEqual([])
}

/** Opens a person's dialog in 職員. */
async function openMember(page: Page, name: string): Promise<Locator> {
  await openInApp(page, '職員')
  await page.getByRole('searchbox', { name: '検索' }).fill(name)
  await page.getByRole('button', { name }).click()
  return page.getByRole('dialog', { name: `${name}の登録内容` })
}

/** The row's link on ホーム, as often as it is there. */
const rowOf = (page: Page, title: string): Locator => page.getByRole('link', { name: title, exact: true })

test(
  '[S26] headquarters revokes a tablet; what it had not sent is kept, adopted and stands once',
  FIREBASE,
  async ({ openTablet }) => {
    const staff = await openTablet('labor-osaki@demo.example')
    await staff.context().setOffline(true)
    const title = '鍵の置き場所を1か所にまとめる'
    await logInitiative(staff, { title })
    await editText(staff, { field: '現状・課題', text: '鍵を探す時間が長い。' })

    const hq = await openTablet('hq@demo.example')
    const member = await openMember(hq, '大崎事務所 担当')
    await expect(member.getByRole('listitem').filter({ hasText: '登録日' })).toHaveCount(1)
    await expectAccessible(hq)
    await member.getByRole('button', { name: /を失効する$/ }).click()
    const asking = hq.getByRole('dialog', { name: '端末を失効しますか' })
    await expect(asking).toContainText('まだ送っていない記録は「預かった記録」に届きます。')
    await expect(asking).not.toContainText('いま使っている')
    await expectAccessible(hq)
    await untilSent(hq, () => asking.getByRole('button', { name: '失効する' }).click())
    await expect(member.getByText('失効済')).toBeVisible()
    await hq.keyboard.press('Escape')

    const handedOver = staff.waitForResponse(
      (response) => response.url().endsWith('/api/quarantine') && response.ok(),
    )
    await staff.context().setOffline(false)
    await handedOver

    await openInApp(hq, '預かった記録')
    const group = hq.getByRole('region', { name: '大崎事務所 担当 大崎事務所' })
    await expect(group.getByText('2件', { exact: true })).toBeVisible()
    await group.getByRole('button', { name: '変更の内容' }).first().click()
    await expectAccessible(hq)
    await group.getByRole('button', { name: '2件をすべて取り込む' }).click()
    const adopting = hq.getByRole('dialog', { name: 'すべて取り込みますか' })
    await expectAccessible(hq)
    await adopting.getByRole('button', { name: '2件をすべて取り込む' }).click()
    await expect(hq.getByText('確認待ちの記録はありません')).toBeVisible()

    const lead = await openTablet('lead-labor-osaki@demo.example')
    await expect(rowOf(lead, title)).toHaveCount(1)
    await rowOf(lead, title).click()
    await expect(lead.getByText('鍵を探す時間が長い。')).toBeVisible()
  },
)

test('[S27] an outbox file is taken in, decided about one by one, and counts once however often it comes', async ({
  openTablet,
}) => {
  const title = '朝礼の連絡を1枚の紙にまとめる'
  const file = {
    name: 'kaizencho-outbox-20261120T010203Z.json',
    mimeType: 'application/json',
    buffer: Buffer.from(JSON.stringify(outboxOf([title, '取り込まない記録']))),
  }
  const hq = await openTablet('hq@demo.example')
  await openInApp(hq, '預かった記録')
  await expect(hq.getByText('確認待ちの記録はありません')).toBeVisible()
  await expectAccessible(hq)
  const dialog = hq.getByRole('dialog', { name: 'ファイルから取り込む' })
  const choose = async (chosen: typeof file): Promise<void> => {
    await hq.getByRole('button', { name: 'ファイルから取り込む' }).click()
    await dialog.getByLabel('ファイル', { exact: true }).setInputFiles(chosen)
  }
  await choose({ ...file, buffer: file.buffer.subarray(0, 200) })
  await expect(dialog.getByRole('alert')).toContainText('改善帳で保存したファイルではありません')
  await dialog.getByLabel('ファイル', { exact: true }).setInputFiles(file)
  await expect(dialog).toContainText('亀戸事務所 担当')
  await expectAccessible(hq)
  await dialog.getByRole('button', { name: '2件を預かる' }).click()
  await expect(dialog).toContainText('確認待ちにある記録 2件')
  await dialog.getByRole('button', { name: '閉じる' }).last().click()

  await hq.getByRole('button', { name: '「取り込まない記録」を取り込まない' }).click()
  await expect(hq.getByRole('button', { name: '「取り込まない記録」を取り込まない' })).toHaveCount(0)
  await hq.getByRole('button', { name: `「${title}」を取り込む` }).click()
  await expect(hq.getByText('確認待ちの記録はありません')).toBeVisible()
  await hq.getByRole('radio', { name: '取り込まない', exact: true }).check()
  await expect(hq.getByText('取り込まない記録', { exact: true })).toBeVisible()

  await choose(file)
  await dialog.getByRole('button', { name: '2件を預かる' }).click()
  await expect(dialog).toContainText('すでにサーバーに反映されている記録 1件')
  const lead = await openTablet('lead-labor-kameido@demo.example')
  await expect(rowOf(lead, title)).toHaveCount(1)
  await expect(rowOf(lead, '取り込まない記録')).toHaveCount(0)
})

test('[S26] revoking the tablet one works on asks twice', async ({ openTablet }) => {
  const hq = await openTablet('hq@demo.example')
  const member = await openMember(hq, '本部事務局 担当')
  const own = member.getByRole('listitem').filter({ hasText: 'いま使っている端末' })
  await own.getByRole('button', { name: /を失効する$/ }).click()
  const asking = hq.getByRole('dialog', { name: '端末を失効しますか' })
  await expect(asking).toContainText('いま使っている、この端末です')
  await asking.getByRole('button', { name: '失効する' }).click()
  await expect(asking.getByRole('alert')).toHaveText('＊続けるには、チェックを入れてください。')
  await asking.getByRole('button', { name: 'やめる' }).click()
  await expect(own.getByText('利用中')).toBeVisible()
})

/** What a tablet of 亀戸事務所 would have written, of new rows with these titles. */
function outboxOf(titles: readonly string[]) {
  const clientId = asClientId('e2e-outbox')
  const from = { exportedAt: '2026-11-20T01:02:03.004Z', uid: asUid('demo-labor-kameido') }
  const entries = titles.map((title, index) => {
    const values = { stage: 'draft', title, leadUnit: 'labor-kameido', unitLabel: '亀戸事務所' }
    const set = Object.entries({ ...values, fiscalYear: 2026 }).map(([field, to]) => [
      field,
      { from: null, to },
    ])
    return {
      clientId,
      mutation: {
        ...{ mid: index + 1, v: 1, op: 'create', type: 'initiative', id: `e2e-outbox-${index}`, stage: null },
        ...{ base: { rev: 0 }, set: Object.fromEntries(set), blobs: [], at: '2026-11-19T01:02:03.004Z' },
      },
    }
  })
  return buildOutboxFile({ ...from, deviceId: asDeviceId('e2e-tablet') }, entries)
}
