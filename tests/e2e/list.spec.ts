import { expect } from '@playwright/test'
import { expectAccessible, syncStatus, test } from './support.ts'

test('headquarters narrows and orders the list, walks it by keyboard, and numbers it offline', async ({
  openTablet,
}) => {
  const page = await openTablet('hq@demo.example')
  await page.setViewportSize({ width: 1180, height: 820 })
  await page.goto(new URL('/list?year=2016', page.url()).href)
  const count = (rows: number) => page.getByRole('status').getByText(`${rows}件`, { exact: true })
  const firstRow = page.getByRole('row').nth(1)
  await expect(count(32)).toBeVisible()

  await test.step('several units, each with its rows, taken back one by one', async () => {
    await page.getByRole('button', { name: 'くわしい条件' }).click()
    const dialog = page.getByRole('dialog', { name: 'くわしい条件' })
    await dialog.getByRole('button', { name: /^部所/ }).click()
    await dialog.getByRole('checkbox', { name: '亀戸事務所（1）' }).check()
    await dialog.getByRole('checkbox', { name: '大田校（1）' }).check()
    await expectAccessible(page)
    await dialog.getByRole('button', { name: '2件を見る' }).click()
    await expect(page).toHaveURL(/unit=labor-kameido,vsdc-ota/)
    await expect(count(2)).toBeVisible()
    await page.getByRole('button', { name: '条件「部所：亀戸事務所」を外す' }).click()
    await expect(count(1)).toBeVisible()
    await page.getByRole('button', { name: '条件「部所：大田校」を外す' }).click()
    await expect(count(32)).toBeVisible()
  })

  await test.step('what is searched for is marked, however it is written', async () => {
    await page.getByRole('searchbox', { name: '検索' }).fill('ﾌﾞﾗｯｼｭ')
    await expect(count(0)).toBeVisible()
    await page.getByRole('searchbox', { name: '検索' }).fill('ｂｒｕｓｈ')
    await expect(firstRow.locator('mark')).toHaveText('Brush')
    await page.getByRole('button', { name: '検索語を消す' }).click()
    await expect(count(32)).toBeVisible()
  })

  await test.step('headings order; keys walk the rows', async () => {
    await page.getByRole('button', { name: 'No.', exact: true }).click()
    await page.getByRole('button', { name: 'No.', exact: true }).click()
    await expect(page.getByRole('columnheader', { name: 'No.' })).toHaveAttribute('aria-sort', 'descending')
    await expect(firstRow.getByRole('cell').first()).toHaveText('32')
    await page.getByRole('button', { name: '部所名' }).click({ modifiers: ['Shift'] })
    await expect(page).toHaveURL(/sort=-no,unit/)
    await page.getByRole('row').nth(1).getByRole('link').focus()
    await page.keyboard.press('End')
    await expect(page.getByRole('row').last().getByRole('link')).toBeFocused()
    await page.keyboard.press('Home')
    await page.keyboard.press('ArrowDown')
    await expect(page.getByRole('row').nth(2).getByRole('link')).toBeFocused()
    const second = await page.getByRole('row').nth(2).getByRole('link').innerText()
    await page.keyboard.press('Enter')
    const beside = page.getByRole('region', { name: '開いている取組' })
    await expect(beside.getByRole('heading', { level: 2, name: second })).toBeVisible()
    await expect(page.getByRole('listitem').getByRole('link', { name: second })).toBeFocused()
    await expectAccessible(page)
    await page.keyboard.press('k')
    await page.keyboard.press('Enter')
    await expect(beside.getByRole('heading', { level: 2, name: second })).toHaveCount(0)
    await page.reload()
    await expect(beside.getByRole('heading', { level: 2 }).first()).toBeVisible()
    await page.keyboard.press('Enter')
    await expect(beside).toBeFocused()
    await page.keyboard.press('Escape')
    await page.keyboard.press('Escape')
    await expect(page.getByRole('row').nth(1).getByRole('link')).toBeFocused()
    await page.keyboard.press('/')
    await expect(page.getByRole('searchbox', { name: '検索' })).toBeFocused()
  })

  await test.step('what is asked for is kept under a name, and opened again', async () => {
    await page.getByRole('button', { name: '保存した条件' }).click()
    const dialog = page.getByRole('dialog', { name: '保存した条件' })
    await dialog.getByRole('textbox', { name: '名前' }).fill('番号の逆順')
    await dialog.getByRole('button', { name: '名前を付けて保存' }).click()
    await dialog.getByRole('button', { name: '「番号の逆順」の名前を変える' }).click()
    await dialog
      .getByRole('form', { name: '「番号の逆順」の名前を変える' })
      .getByRole('textbox')
      .fill('大きい番号から')
    await page.keyboard.press('Enter')
    await expect(dialog.getByRole('button', { name: '「大きい番号から」を開く' })).toBeFocused()
    await expect(dialog.getByRole('button', { name: '「番号の逆順」を開く' })).toHaveCount(0)
    await dialog.getByRole('button', { name: '「大きい番号から」を消す' }).click()
    // Short news lies in the dialog, not behind it.
    await dialog.getByRole('button', { name: '元に戻す' }).click()
    await expect(dialog.getByRole('button', { name: '「大きい番号から」を開く' })).toBeVisible()
    await expectAccessible(page)
    await dialog.getByRole('button', { name: '閉じる' }).click()
    await page.getByRole('button', { name: '条件「年度：平成28年度」を外す' }).click()
    await page.getByRole('button', { name: '保存した条件' }).click()
    await dialog.getByRole('button', { name: '「大きい番号から」を開く' }).click()
    await expect(page).toHaveURL(/year=2016&sort=-no,unit/)
  })

  await test.step('numbers are given offline, taken back, and given again', async () => {
    await page.getByRole('link', { name: '番号を付ける' }).click()
    await expect(page.getByRole('heading', { level: 1, name: '番号を付ける' })).toBeVisible()
    const rows = page.getByRole('listitem').filter({ has: page.getByRole('button', { name: '先頭へ' }) })
    const second = (await rows.nth(1).getByRole('button').first().getAttribute('aria-label')) ?? ''
    const title = second.replace(/を動かす$/, '')
    const number = page.getByRole('textbox', { name: `${title}の番号` })
    await page.context().setOffline(true)
    await page.getByRole('button', { name: second }).focus()
    await page.keyboard.press('Alt+ArrowUp')
    await expect(number).toHaveValue('1')
    await expect(page.getByRole('button', { name: second })).toBeFocused()
    await expect(page.getByText('2件の番号が変わります')).toBeVisible()
    await expectAccessible(page)
    await page.getByRole('button', { name: '番号を保存' }).click()
    await page.getByRole('button', { name: '元に戻す' }).click()
    await expect(number).toHaveValue('2')
    const handle = page.getByRole('button', { name: second })
    await handle.scrollIntoViewIfNeeded()
    const [from, top] = [await handle.boundingBox(), await rows.nth(0).boundingBox()]
    if (from === null || top === null) throw new Error('The rows are not on the screen.')
    await page.mouse.move(from.x + from.width / 2, from.y + from.height / 2)
    await page.mouse.down()
    await page.mouse.move(from.x + from.width / 2, top.y + 4, { steps: 5 })
    await expect(number).toHaveValue('1')
    await page.mouse.up()
    await page.getByRole('button', { name: '番号を保存' }).click()
    await expect(page.getByText('変更はありません')).toBeVisible()
    await page.context().setOffline(false)
    await page.getByRole('button', { name: '今すぐ同期' }).first().click()
    await expect(syncStatus(page)).toHaveText('すべて送信済み')
    await page.reload()
    await expect(number).toHaveValue('1')
  })
})

test('opened anew, the list shows its first rows before it has read all', async ({ openTablet }) => {
  const page = await openTablet('hq@demo.example')
  await page.goto(new URL('/list', page.url()).href)
  const count = page.getByText(/^\d+件$/)
  await expect(count).toBeVisible()
  const rows = page.locator('#main a[href^="/initiatives/"]')
  await expect(rows.nth(5)).toBeVisible()
  const before = await rows.allInnerTexts()
  await expect(syncStatus(page)).toHaveText(/送信済み/)
  // It keeps them when nothing has changed for a moment; what comes meanwhile would have them made anew.
  await page.context().setOffline(true)
  const isKept = (): Promise<boolean> =>
    page.evaluate(async () => {
      const [found] = (await indexedDB.databases()).filter(({ name }) => name?.startsWith('kaizencho-demo'))
      const opening = indexedDB.open(found?.name ?? '')
      await new Promise((resolve) => opening.addEventListener('success', resolve))
      const reading = opening.result.transaction('fronts').objectStore('fronts').getKey('list')
      await new Promise((resolve) => reading.addEventListener('success', resolve))
      opening.result.close()
      return reading.result !== undefined
    })
  await expect.poll(isKept).toBe(true)
  // Reading all light entries waits for one that writes them, until it is let go.
  await page.addInitScript(() => {
    const { open } = IDBFactory.prototype
    IDBFactory.prototype.open = function (...asked) {
      const opening = open.apply(this, asked)
      if (asked[0].startsWith('kaizencho-demo'))
        opening.addEventListener('success', () => {
          const store = opening.result.transaction('index', 'readwrite').objectStore('index')
          const hold = (): void => {
            if (!('released' in window)) store.count().addEventListener('success', hold)
          }
          hold()
        })
      return opening
    }
  })
  await page.context().setOffline(false)
  await page.reload()
  await expect(rows.nth(5)).toBeVisible()
  expect(await rows.allInnerTexts()).toEqual(before)
  expect(await count.isVisible()).toBe(false)
  await page.evaluate(() => Object.assign(window, { released: true }))
  await expect(count).toBeVisible()
  expect(await rows.allInnerTexts()).toEqual(before)
})
