/** Figures as people type them: 全角, with separators of thousands, with any of the minus signs. */

/** null when blank; undefined when it is no decimal number of at most 12 digits before and 4 after the point. */
export function parseFigure(text: string): number | null | undefined {
  const plain = text
    .normalize('NFKC')
    .replace(/[\s,，、]/gu, '')
    .replace(/^[‐‑‒–—―−－ー]/u, '-')
  if (plain === '') return null
  return /^-?\d{1,12}(?:\.\d{1,4})?$/.test(plain) ? Number(plain) : undefined
}

/** 「1,234.5」. */
export function figureText(value: number): string {
  return value.toLocaleString('ja-JP', { maximumFractionDigits: 4 })
}
