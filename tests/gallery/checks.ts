/** What a person could not read, reach or tap on a screen as it stands now, in a sentence each. */
import AxeBuilder from '@axe-core/playwright'
import type { Page } from '@playwright/test'

const WCAG_TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']
/** Smallest side of what is tapped, CSS px; halves are lost in rounding. */
const MIN_TARGET_PX = 43.5

export async function findingsOf(page: Page): Promise<string[]> {
  const seen = await page.evaluate(lookAround, MIN_TARGET_PX)
  const axe = new AxeBuilder({ page }).setLegacyMode().withTags(WCAG_TAGS)
  if (await page.evaluate(() => matchMedia('print').matches)) axe.disableRules('target-size')
  const { violations } = await axe.analyze()
  const broken = violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, html }) => `axe ${id}: ${target.join(' ')} ${html.slice(0, 120)}`),
  )
  return [...seen, ...broken]
}

/** Runs in the page. */
function lookAround(minTargetPx: number): string[] {
  const found = new Set<string>()
  const modal = [...document.querySelectorAll('dialog[open]')].at(-1)
  const reachable = modal ?? document.body
  const nameOf = (element: Element): string => {
    const words = (element.getAttribute('aria-label') ?? element.textContent).trim().replaceAll(/\s+/g, ' ')
    return `<${element.tagName.toLowerCase()}> 「${words.slice(0, 40)}」`
  }
  const isShown = (element: Element): boolean =>
    element.checkVisibility({ visibilityProperty: true }) && element.getBoundingClientRect().width > 0
  const isForReaders = (element: Element): boolean => {
    for (let at: Element | null = element; at !== null; at = at.parentElement) {
      const { width, height } = at.getBoundingClientRect()
      if (width <= 1 || height <= 1) return getComputedStyle(at).overflow !== 'visible'
    }
    return false
  }

  // Wider than the screen.
  const room = document.documentElement.clientWidth
  if (document.documentElement.scrollWidth > room) {
    found.add(`wider than the screen: ${document.documentElement.scrollWidth} of ${room} px`)
    for (const element of reachable.querySelectorAll('*')) {
      const { right } = element.getBoundingClientRect()
      const isInner = [...element.children].some((child) => child.getBoundingClientRect().right > room + 1)
      if (right > room + 1 && !isInner && isShown(element))
        found.add(`beyond the right edge: ${nameOf(element)}`)
    }
  }

  // Text that its box cuts off, or that runs out of it.
  const walker = document.createTreeWalker(reachable, NodeFilter.SHOW_TEXT)
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const owner = node.parentElement
    if (owner === null || node.textContent?.trim() === '' || owner.closest('option, script, style') !== null)
      continue
    if (!isShown(owner) || isForReaders(owner)) continue
    const range = document.createRange()
    range.selectNodeContents(node)
    const text = range.getBoundingClientRect()
    for (const { index } of (node.textContent ?? '').matchAll(/部所/g)) {
      range.setStart(node, index)
      range.setEnd(node, index + 2)
      const lines = new Set([...range.getClientRects()].map(({ top }) => Math.round(top)))
      if (lines.size > 1) found.add(`部所 torn apart: ${nameOf(owner)}`)
    }
    if (text.width === 0) continue
    let isFirstBox = true
    for (let box: Element | null = owner; box !== null && box !== document.body; box = box.parentElement) {
      const style = getComputedStyle(box)
      if (style.display.startsWith('inline') && style.display === 'inline') continue
      const edge = box.getBoundingClientRect()
      // An ideographic space hangs over the end of its line.
      const hangingPx = /\u3000/.test(node.textContent ?? '') ? parseFloat(style.fontSize) * 1.1 : 1
      const sideways = text.right > edge.right + hangingPx || text.left < edge.left - 1
      const downwards = text.bottom > edge.bottom + 1 || text.top < edge.top - 1
      if (/auto|scroll/.test(style.overflowX + style.overflowY)) break
      if (/hidden|clip/.test(style.overflowX) && sideways) found.add(`cut off: ${nameOf(owner)}`)
      if (/hidden|clip/.test(style.overflowY) && downwards) found.add(`cut off below: ${nameOf(owner)}`)
      if (isFirstBox && sideways) found.add(`runs out of its box: ${nameOf(owner)}`)
      isFirstBox = false
      if (style.position === 'fixed') break
    }
  }
  const pen = document.createElement('canvas').getContext('2d')
  for (const select of reachable.querySelectorAll('select')) {
    const label = select.selectedOptions[0]?.label ?? ''
    const style = getComputedStyle(select)
    if (pen === null || !isShown(select)) continue
    // The shorthand is empty where one of its parts cannot be said in it, as here the tabular figures.
    pen.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`
    const spacing = (parseFloat(style.letterSpacing) || 0) * label.length
    const inner = select.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight)
    if (pen.measureText(label).width + spacing > inner + 1) found.add(`cut off: <select> 「${label}」`)
  }

  // Targets too small to tap. Nobody taps paper.
  if (matchMedia('print').matches) return [...found]
  const targets = reachable.querySelectorAll(
    'a[href], button, input, select, textarea, summary, [role=button], [role=tab], [role=option]',
  )
  for (const target of targets) {
    if (!isShown(target) || isForReaders(target)) continue
    const rects = [target.getBoundingClientRect()]
    for (const pseudo of ['::before', '::after']) {
      const style = getComputedStyle(target, pseudo)
      if (style.content === 'none' || style.position !== 'absolute' || !(target instanceof HTMLElement))
        continue
      const own = getComputedStyle(target).position !== 'static'
      const holder = own ? target : target.offsetParent
      if (holder !== null) rects.push(holder.getBoundingClientRect())
    }
    if (target instanceof HTMLInputElement)
      for (const label of target.labels ?? []) rects.push(label.getBoundingClientRect())
    const width = Math.max(...rects.map((rect) => rect.width))
    const height = Math.max(...rects.map((rect) => rect.height))
    if (Math.max(...rects.map(({ bottom }) => bottom)) < 0) continue
    // A link within a sentence is as high as its line (WCAG 2.5.8, inline).
    const isInline =
      target instanceof HTMLAnchorElement &&
      getComputedStyle(target).display === 'inline' &&
      (target.parentElement?.textContent.trim().length ?? 0) > target.textContent.trim().length
    if (!isInline && (width < minTargetPx || height < minTargetPx))
      found.add(`small target ${Math.round(width)}×${Math.round(height)}: ${nameOf(target)}`)
  }
  return [...found]
}
