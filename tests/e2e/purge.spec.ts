import { type Page, expect } from '@playwright/test'
import { checkIdOf } from '../../src/domain/types/check.ts'
import { rawTablet } from '../support/rawTablet.ts'
import { editText, expectAccessible, logInitiative, openInApp, test, untilSent } from './support.ts'

/** Everything in the databases of this page's tablet, bytes as text. */
async function textOfDatabases(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const done = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result)
        request.onerror = () => reject(request.error ?? new Error('unreadable'))
      })
    const readable = (_key: string, value: unknown): unknown =>
      value instanceof ArrayBuffer ? new TextDecoder().decode(value) : value
    let text = ''
    for (const { name = '' } of await indexedDB.databases()) {
      const database = await done(indexedDB.open(name))
      for (const store of database.objectStoreNames)
        text += JSON.stringify(await done(database.transaction(store).objectStore(store).getAll()), readable)
      database.close()
    }
    return text
  })
}

test('[S18] of a submitted 点検票 headquarters destroys what it said before; it stays, and what it says now', async ({
  openTablet,
  server,
}) => {
  const name = '青梅次郎'
  const [lead, office] = [
    await rawTablet(server.url, 'lead-labor-kameido'),
    await rawTablet(server.url, 'hq'),
  ]
  const [row, cycle] = ['purged-row', 'cycle-2026-interim']
  const check = checkIdOf(cycle, row)
  const days = { opens: '2026-04-01', dueDate: '2099-10-31' }
  await office.write([
    {
      ...{ op: 'create', type: 'cycle', id: cycle },
      set: { stage: 'open', fiscalYear: 2026, kind: 'interim', note: `${name}まで問い合わせる。`, ...days },
    },
  ])
  const now = '来庁した方から苦情があった。'
  const written = { achievement: 'achieved', opinions: ['続けたい。'], issues: `${name}から苦情があった。` }
  await lead.write([
    {
      ...{ op: 'create', type: 'initiative', id: row },
      set: { stage: 'submitted', title: '案内板の見直し', leadUnit: 'labor-kameido', fiscalYear: 2026 },
    },
    {
      ...{ op: 'create', type: 'check', id: check },
      set: { stage: 'draft', initiative: row, cycle, kind: 'interim', ...written },
    },
    {
      ...{ op: 'edit', type: 'check', id: check, rev: 1, stage: 'draft' },
      ...{ set: { stage: 'submitted' }, from: { stage: 'draft' } },
    },
    {
      ...{ op: 'edit', type: 'check', id: check, rev: 2, stage: 'submitted' },
      ...{ set: { issues: now }, from: { issues: written.issues } },
    },
  ])

  const hq = await openTablet('hq@demo.example')
  await hq.goto(`${server.url}/cycle/${cycle}/${row}`)
  await hq.getByRole('button', { name: '個人情報を消す' }).click()
  const purge = hq.getByRole('dialog')
  // One a cycle and row: it could never be written again.
  await expect(purge.getByRole('radio')).toHaveCount(0)
  await purge.getByRole('checkbox', { name: '課題', exact: true }).check()
  await expect(purge.getByText(`今の内容：${now}`)).toBeVisible()
  await purge.getByRole('textbox', { name: '消す理由' }).fill('氏名が書かれていたため')
  await expect(purge.getByText(/変更の履歴のうち 2件の内容/)).toBeVisible()
  await expectAccessible(hq)
  await purge.getByRole('button', { name: '次へ' }).click()
  await expect(purge.getByText(/の以前の内容を消します。/)).toBeVisible()
  await purge.getByRole('checkbox').check()
  await purge.getByRole('button', { name: '消去する' }).click()
  await expect(purge.getByRole('heading', { name: '消しました' })).toBeVisible()
  await purge.getByRole('button', { name: '閉じる' }).last().click()
  await expect(hq.getByText(now)).toBeVisible()
  const history = JSON.stringify(await office.post('/api/history', { id: check }))
  expect(history).toContain(now)
  expect(history).not.toContain(name)

  await openInApp(hq, '点検')
  // The 点検票 has such a button too.
  await expect(hq.getByRole('heading', { level: 1, name: '点検', exact: true })).toBeVisible()
  await hq.getByRole('button', { name: '個人情報を消す' }).click()
  await expect(purge.getByRole('checkbox', { name: '本部からの説明', exact: true })).toBeVisible()
})

test('[S18] headquarters destroys what a corrected text said before; the office’s tablet loses it when it syncs', async ({
  openTablet,
}) => {
  const name = '青梅次郎'
  const office = await openTablet('lead-labor-kameido@demo.example')
  // A name that the gate does not know.
  await untilSent(office, async () => {
    await logInitiative(office, {
      ...{ title: '案内板の見直し', background: `${name}から苦情があった。` },
      submit: true,
    })
  })
  await untilSent(office, () =>
    editText(office, { field: '現状・課題', text: '来庁した方から苦情があった。' }),
  )
  expect(await textOfDatabases(office)).toContain(name)
  await office.context().setOffline(true)

  const hq = await openTablet('hq@demo.example')
  await openInApp(hq, '局一覧')
  await hq.getByRole('link', { name: '案内板の見直し' }).click()
  await hq.getByRole('button', { name: '個人情報を消す' }).click()
  const purge = hq.getByRole('dialog')
  await purge.getByRole('checkbox', { name: '現状・課題', exact: true }).check()
  await purge.getByRole('textbox', { name: '消す理由' }).fill('来庁者の氏名が書かれていたため')
  await expect(purge.getByText(/変更の履歴のうち 2件の内容/)).toBeVisible()
  await expectAccessible(hq)
  await purge.getByRole('button', { name: '次へ' }).click()
  await purge.getByRole('button', { name: '消去する' }).click()
  await expect(purge.getByText('＊確かめたら、チェックを付けてください。')).toBeVisible()
  await purge.getByRole('checkbox').check()
  await expectAccessible(hq)
  await purge.getByRole('button', { name: '消去する' }).click()
  await expect(purge.getByRole('heading', { name: '消しました' })).toBeVisible()
  await purge.getByRole('button', { name: '閉じる' }).last().click()
  await hq.getByRole('button', { name: '履歴を表示' }).click()
  await expect(hq.getByText('理由：来庁者の氏名が書かれていたため')).toBeVisible()
  await expect(hq.getByText('（消去済み）').first()).toBeVisible()

  await office.context().setOffline(false)
  await expect.poll(() => textOfDatabases(office)).not.toContain(name)
  await expect(office.getByText('来庁した方から苦情があった。')).toBeVisible()

  // All of it: the page it stood on has nothing to show, and still says that it is done.
  await hq.getByRole('button', { name: '個人情報を消す' }).click()
  await purge.getByRole('radio', { name: '記録ごと消す' }).check()
  await purge.getByRole('textbox', { name: '消す理由' }).fill('誤って登録したため')
  await expect(purge.getByText('取組 1件')).toBeVisible()
  await purge.getByRole('button', { name: '次へ' }).click()
  await expect(purge.getByText('この取組「案内板の見直し」を消します。')).toBeVisible()
  await purge.getByRole('checkbox').check()
  await purge.getByRole('button', { name: '消去する' }).click()
  await expect(purge.getByRole('heading', { name: '消しました' })).toBeVisible()
  await purge.getByRole('button', { name: '閉じる' }).last().click()
  await expect(hq).toHaveURL(/\/list$/)
})

test('[S18] destroying a 会議 as a whole says what went, then leads to the others; the question belongs to one page', async ({
  openTablet,
  server,
}) => {
  const office = await rawTablet(server.url, 'hq')
  const meeting = (id: string, title: string) => ({
    ...({ op: 'create', type: 'meeting', id } as const),
    set: { stage: 'planned', title, kind: 'briefing', date: '2026-11-27', place: '大会議室' },
  })
  const row = (id: string, title: string, more: Record<string, string> = {}) => ({
    ...({ op: 'create', type: 'initiative', id } as const),
    set: { stage: 'submitted', title, leadUnit: 'somu', fiscalYear: 2026, ...more },
  })
  await office.write([meeting('meeting-a', '中間報告会'), meeting('meeting-b', '年度末報告会')])
  const lead = await rawTablet(server.url, 'lead-labor-kameido')
  await lead.write([
    row('row-a', '案内板の見直し', { leadUnit: 'labor-kameido' }),
    row('row-b', '案内板をもとに戻す', { leadUnit: 'labor-kameido', carriedFrom: 'row-a' }),
  ])

  const hq = await openTablet('hq@demo.example')
  await openInApp(hq, '局一覧')
  await hq.goto(`${server.url}/initiatives/row-b`)
  const opens = hq.getByRole('button', { name: '個人情報を消す' })
  const purge = hq.getByRole('dialog')
  await opens.click()
  await expect(purge.getByText('この取組「案内板をもとに戻す」')).toHaveCount(0)
  await purge.getByRole('button', { name: 'やめる' }).click()
  await expect(opens).toBeFocused()
  await hq.getByRole('link', { name: '開く', exact: true }).click()
  await expect(hq.getByRole('heading', { name: '案内板の見直し' })).toBeVisible()
  await opens.click()
  await expect(purge).toBeVisible()
  await hq.goBack()
  await expect(hq.getByRole('heading', { name: '案内板をもとに戻す' })).toBeVisible()
  await expect(purge).toBeHidden()

  await hq.goto(`${server.url}/meetings/meeting-a`)
  await opens.click()
  await purge.getByRole('radio', { name: '記録ごと消す' }).check()
  await purge.getByRole('textbox', { name: '消す理由' }).fill('誤って登録したため')
  await expect(purge.getByText('会議 1件')).toBeVisible()
  await purge.getByRole('button', { name: '次へ' }).click()
  await purge.getByRole('checkbox').check()
  await purge.getByRole('button', { name: '消去する' }).click()
  await expect(purge.getByRole('heading', { name: '消しました' })).toBeVisible()
  await expect(purge.getByRole('heading', { name: '消えたもの' })).toBeVisible()
  await expect(purge.getByText('会議 1件')).toBeVisible()
  await purge.getByRole('button', { name: '閉じる' }).last().click()
  await expect(hq).toHaveURL(/\/meetings$/)
  await expect(hq.getByText('年度末報告会')).toBeVisible()
  await expect(hq.getByText('中間報告会')).toHaveCount(0)
})
