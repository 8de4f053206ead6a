/** Tasks and notices bring a person to the part of a row they are about. */
import { createHash } from 'node:crypto'
import { type Page, expect } from '@playwright/test'
import { rawTablet } from '../support/rawTablet.ts'
import { openInApp, test } from './support.ts'

const LEAD = 'lead-labor-kameido'
const TITLE = '相談窓口の案内'
const LATER = '本部からの後の質問です。'
const SIZES = [
  { width: 390, height: 844 },
  { width: 820, height: 1180 },
  { width: 1440, height: 900 },
]

/** A row with photos and 経過, two feedbacks that were answered, and one that is not. */
async function prepare(url: string): Promise<void> {
  const [lead, hq] = await Promise.all([rawTablet(url, LEAD), rawTablet(url, 'hq')])
  const row = 'arrival-row'
  const hash = (text: string): string => createHash('sha256').update(text).digest('hex')
  const range = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index + 1)
  await lead.write([
    {
      ...{ op: 'create', type: 'initiative', id: row },
      set: { stage: 'submitted', title: TITLE, leadUnit: 'labor-kameido', fiscalYear: 2026, plan: '試行。' },
    },
  ])
  await lead.write([
    ...range(12).map((no) => ({
      ...({ op: 'create', type: 'photo', id: `arrival-photo-${no}` } as const),
      set: {
        ...{ stage: 'posted', initiative: row, width: 1600, height: 1200, bytes: 1000 },
        ...{ sha256: hash(`photo ${no}`), thumbSha256: hash(`thumb ${no}`) },
      },
    })),
    ...range(6).map((no) => ({
      ...({ op: 'create', type: 'note', id: `arrival-note-${no}` } as const),
      set: { stage: 'posted', initiative: row, text: `${no}週目の経過。\n窓口の案内を改めた。` },
    })),
  ])
  const asked = (no: number): string => `arrival-feedback-${no}`
  for (const no of range(3))
    await hq.write([
      {
        ...{ op: 'create', type: 'feedback', id: asked(no) },
        set: {
          stage: 'open',
          initiative: row,
          kind: 'request',
          text: no === 3 ? LATER : '数字は？\n'.repeat(4),
        },
      },
    ])
  await lead.write(
    range(2).map((no) => ({
      ...{ op: 'edit', type: 'feedback', id: asked(no), rev: 1, stage: 'open' },
      ...{ set: { reply: '二十五分です。\n'.repeat(4), stage: 'answered' }, from: { stage: 'open' } },
    })),
  )
}

const ask = (page: Page) => page.getByText(LATER)
const box = (page: Page) => page.getByRole('textbox', { name: '回答', exact: true })
const send = (page: Page) => page.getByRole('button', { name: '回答を送る' })

/** All of it in the window, nothing of the shell's above it. */
async function expectInView(page: Page): Promise<void> {
  for (const part of [ask(page), box(page), send(page)]) {
    await expect(part).toBeInViewport({ ratio: 1 })
    const isCovered = await part.evaluate((element) => {
      const { left, top, width, height } = element.getBoundingClientRect()
      const on = document.elementFromPoint(left + width / 2, top + height / 2)
      return on === null || !(element.contains(on) || on.contains(element))
    })
    expect(isCovered).toBe(false)
  }
}
/** What comes late above: as tall as a row of photos and more. */
const grow = (page: Page): Promise<void> =>
  page.evaluate(() => {
    const late = document.createElement('div')
    late.style.height = '700px'
    document.querySelector('main')?.prepend(late)
  })

test('「回答する」 and a notice open the row at the open feedback, also when what stands above comes later', async ({
  openTablet,
  server,
}) => {
  await prepare(server.url)
  const page = await openTablet(`${LEAD}@demo.example`)
  // A browser that keeps nothing in its place by itself, as Safari before 26.
  await page.evaluate(() => {
    const sheet = new CSSStyleSheet()
    sheet.replaceSync('* { overflow-anchor: none }')
    document.adoptedStyleSheets = [sheet]
  })
  for (const size of SIZES) {
    await test.step(`at ${size.width} × ${size.height}`, async () => {
      await page.setViewportSize(size)
      await openInApp(page, 'ホーム')
      await page.getByRole('link', { name: `回答する： ${TITLE}` }).click()
      await expect(page.getByRole('heading', { name: 'フィードバック' })).toBeFocused()
      await grow(page)
      await expectInView(page)

      await page
        .getByRole('link', { name: /^お知らせ/ })
        .first()
        .click()
      await page
        .getByRole('link', { name: /^フィードバックが届きました/ })
        .first()
        .click()
      await expect(page.getByRole('heading', { name: 'フィードバック' })).toBeFocused()
      await expectInView(page)
    })
  }

  await test.step('who scrolls meanwhile is left alone', async () => {
    await openInApp(page, 'ホーム')
    await page.getByRole('link', { name: `回答する： ${TITLE}` }).click()
    await expectInView(page)
    await page.mouse.wheel(0, -400)
    await expect(send(page)).not.toBeInViewport()
    const top = await page.evaluate(() => window.scrollY)
    await grow(page)
    await page.waitForTimeout(300)
    expect(await page.evaluate(() => window.scrollY)).toBe(top)
  })
})
