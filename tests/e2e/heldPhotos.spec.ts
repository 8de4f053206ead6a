/** [S24] Photos of a form that is not saved yet. */
import { type Page, expect } from '@playwright/test'
import { cameraPicture, choose, openOne, uploads } from './pictures.ts'
import { test } from './support.ts'

/** Chooses a picture of 48 megapixels full of detail, made in the page; answers its bytes. */
const chooseLarge = (page: Page): Promise<number> =>
  page.locator('input[type=file][multiple]').evaluate(async (input) => {
    const canvas = new OffscreenCanvas(8000, 6000)
    const context = canvas.getContext('2d')
    if (context === null || !(input instanceof HTMLInputElement)) throw new Error('no canvas')
    const noise = context.createImageData(500, 500)
    for (let at = 0; at < noise.data.length; at += 1)
      noise.data[at] = at % 4 === 3 ? 255 : Math.random() * 256
    const tile = await createImageBitmap(noise)
    for (let n = 0; n < 192; n += 1) context.drawImage(tile, (n % 16) * 500, Math.floor(n / 16) * 500)
    const blob = await canvas.convertToBlob({ type: 'image/jpeg', quality: 0.5 })
    const chosen = new DataTransfer()
    chosen.items.add(new File([blob], 'IMG_0048.JPG', { type: 'image/jpeg' }))
    input.files = chosen.files
    input.dispatchEvent(new Event('change', { bubbles: true }))
    return blob.size
  })

test('[S24] a photo of 48 megapixels is made small; taken out of its form, it can be put back until the form is left', async ({
  openTablet,
}) => {
  const page = await openTablet('labor-kameido@demo.example')
  await page.getByRole('link', { name: '取組を記録' }).first().click()
  expect(await chooseLarge(page)).toBeGreaterThan(12 * 1024 * 1024)
  await expect(openOne(page).getByRole('img')).toBeVisible({ timeout: 60_000 })
  await choose(page, await cameraPicture(page))
  await expect(openOne(page, 2).getByRole('img')).toBeVisible()
  const [large, small] = await uploads(page)
  expect([large?.width, large?.height, small?.width]).toEqual([1600, 1200, 1200])

  const takeOut = page.getByRole('button', { name: '写真 1を外す' })
  const [picture, button] = [await openOne(page).boundingBox(), await takeOut.boundingBox()]
  if (picture === null || button === null) throw new Error('no photo')
  expect(button.y).toBeGreaterThanOrEqual(picture.y + picture.height)
  expect(Math.min(button.width, button.height)).toBeGreaterThanOrEqual(44)

  const src = await openOne(page).getByRole('img').getAttribute('src')
  await takeOut.click()
  await expect(openOne(page, 2)).toHaveCount(0)
  await page.getByRole('button', { name: '元に戻す' }).click()
  await expect(openOne(page, 2).getByRole('img')).toBeVisible()
  await expect(openOne(page).getByRole('img')).not.toHaveAttribute('src', src ?? '')
  expect((await uploads(page)).map(({ id }) => id)).toEqual([large?.id, small?.id])

  // Once the news is put away it is let go; so it is with the form.
  await takeOut.click()
  await page
    .getByText('写真を外しました')
    .locator('..')
    .getByRole('button', { name: 'この知らせを消す' })
    .click()
  await expect.poll(() => uploads(page)).toEqual([small])
  await takeOut.click()
  await expect(openOne(page)).toHaveCount(0)
  expect(await uploads(page)).toEqual([small])
  await page.getByRole('textbox', { name: '取組内容', exact: true }).fill('写真のない取組')
  await page.getByRole('button', { name: '保存', exact: true }).click()
  await expect(page.getByRole('heading', { level: 1, name: '写真のない取組' })).toBeVisible()
  await expect(page.getByRole('button', { name: '元に戻す' })).toHaveCount(0)
  await expect.poll(() => uploads(page)).toEqual([])
  await expect(openOne(page)).toHaveCount(0)
})
