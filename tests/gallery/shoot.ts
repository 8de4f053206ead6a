/** Brings the screens up one by one, in every size, looks at each and takes its picture. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, BrowserContext, CDPSession, Page } from '@playwright/test'
import { signIn } from '../e2e/support.ts'
import { findingsOf } from './checks.ts'
import { ACCOUNTS, type Screen } from './screens/steps.ts'

interface Size {
  readonly name: string
  readonly width: number
  readonly height: number
  /** The person's default font size, CSS px. */
  readonly fontPx: number
}

const SIZES: readonly Size[] = [
  { name: '390', width: 390, height: 844, fontPx: 16 },
  { name: '820', width: 820, height: 1180, fontPx: 16 },
  { name: '1180', width: 1180, height: 820, fontPx: 16 },
  { name: '1440', width: 1440, height: 900, fontPx: 16 },
  { name: '390 文字200%', width: 390, height: 844, fontPx: 32 },
  { name: '820 文字200%', width: 820, height: 1180, fontPx: 32 },
  { name: '1440 文字200%', width: 1440, height: 900, fontPx: 32 },
]
/** What is left of A4 within its margins of 12 mm. */
const PAPERS: readonly Size[] = [
  { name: 'A4縦', width: 703, height: 1032, fontPx: 16 },
  { name: 'A4横', width: 1032, height: 703, fontPx: 16 },
]
/** One session a page: where one ends, the emulated media end with it. */
const sessions = new WeakMap<Page, CDPSession>()
const TABLET = { width: 820, height: 1180 }
const WIDE = { width: 1440, height: 900 }
/** A picture no longer than this many screens. */
const MAX_SCREENS = 6

export interface Shot {
  readonly screen: string
  readonly size: string
  /** Relative to the folder of the gallery. */
  readonly file: string
  readonly findings: readonly string[]
}

/** One `Shot` for each screen and size, handed over as it is taken. */
export async function shootAll(
  browser: Browser,
  screens: readonly Screen[],
  {
    url,
    folder,
    size: wanted,
    onShot,
  }: { url: string; folder: string; size: string; onShot: (shot: Shot) => void },
): Promise<void> {
  mkdirSync(join(folder, 'shots'), { recursive: true })
  const tablets = new Map<string, Page>()
  for (const [index, screen] of screens.entries()) {
    const page = tablets.get(screen.as) ?? (await openTablet(browser, screen.as, url))
    if (screen.as !== 'nobody') tablets.set(screen.as, page)
    if (screen.wide === true) await page.setViewportSize(WIDE)
    const failure = await bringUp(page, screen, url)
    const sizes = sizesOf(screen)
    for (const size of sizes.filter(({ name }) => name.includes(wanted))) {
      const file = `shots/${String(index).padStart(2, '0')}-${size.width}-${size.fontPx}.png`
      const { findings } = await shoot(page, size, join(folder, file))
      onShot({ screen: screen.name, size: size.name, file, findings: [...failure, ...findings] })
    }
    await (screen.as === 'nobody' ? page.context().close() : putBack(page))
  }
}

function sizesOf({ media, wide }: Screen): readonly Size[] {
  if (media?.media === 'print') return PAPERS
  return wide === true ? SIZES.filter(({ width, fontPx }) => width >= 1180 && fontPx === 16) : SIZES
}

async function openTablet(browser: Browser, as: Screen['as'], url: string): Promise<Page> {
  const context: BrowserContext = await browser.newContext({
    locale: 'ja-JP',
    timezoneId: 'Asia/Tokyo',
    viewport: TABLET,
    hasTouch: true,
  })
  const page = await context.newPage()
  if (as !== 'nobody') await signIn(page, url, ACCOUNTS[as])
  return page
}

/** What kept the screen from coming up, as a finding. */
async function bringUp(page: Page, { open, media }: Screen, url: string): Promise<string[]> {
  try {
    await open(page, url)
    await page.emulateMedia(media ?? {})
    return []
  } catch (error) {
    return [`does not come up: ${error instanceof Error ? error.message.slice(0, 600) : String(error)}`]
  }
}

async function putBack(page: Page): Promise<void> {
  await page.unrouteAll({ behavior: 'ignoreErrors' })
  await page.context().setOffline(false)
  await page.emulateMedia({ media: null, forcedColors: null, reducedMotion: null })
  await setSize(page, { ...TABLET, name: '', fontPx: 16 })
}

async function setSize(page: Page, { width, height, fontPx }: Size): Promise<void> {
  const devtools = sessions.get(page) ?? (await page.context().newCDPSession(page))
  sessions.set(page, devtools)
  await devtools.send('Page.setFontSizes', { fontSizes: { standard: fontPx, fixed: fontPx } })
  await page.setViewportSize({ width, height })
  // Two frames: what a view shows at the new width is rendered after the first. Colours and places in the middle of a
  // transition are nobody's to read.
  await page.evaluate(async () => {
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))
    await Promise.all(
      document
        .getAnimations()
        .filter(({ effect }) => effect?.getComputedTiming().iterations !== Infinity)
        .map((animation) => animation.finished.catch(() => undefined)),
    )
  })
}

async function shoot(page: Page, size: Size, path: string): Promise<{ findings: string[] }> {
  await setSize(page, size)
  const findings = await findingsOf(page)
  const [length, isModal] = await page.evaluate(() => [
    document.documentElement.scrollHeight,
    document.querySelector('dialog[open]') !== null,
  ])
  // The whole page as one screen, so that what sticks to an edge is at the edge.
  if (!isModal && length > size.height)
    await page.setViewportSize({ width: size.width, height: Math.min(length, size.height * MAX_SCREENS) })
  await page.screenshot({ path, animations: 'disabled' })
  return { findings }
}
