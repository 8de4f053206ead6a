/** Texts in .xlsx: what XML cannot hold stands there as `_x000D_` (ECMA-376, 22.9.2.19 ST_Xstring). */

/** As a cell holds it. Half a surrogate pair, which no file can hold, becomes U+FFFD. */
export function toCellText(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/_(?=x[0-9a-f]{4}_)/gi, '_x005F_')
    .replaceAll(
      /[\u0000-\u0008\u000b-\u001f\ufffe\uffff]/g,
      (char) => `_x${char.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}_`,
    )
}

/** As it was meant. */
export function fromCellText(text: string): string {
  return text.replaceAll(/_x([0-9a-f]{4})_/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  )
}
