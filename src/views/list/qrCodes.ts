/** QR codes that open rows, for paper. Loads only when somebody prints them. */
import { encode } from 'uqr'

export interface QrCode {
  /** Modules of a side, with the quiet zone. */
  readonly size: number
  /** SVG path of the dark modules, one unit a module. */
  readonly path: string
}

/** Codes made before the page may draw again. */
const BATCH = 20

/** A code for each id, by id. Paper gets creased: a quarter of a code may be unreadable. */
export async function qrCodes(ids: readonly string[], origin: string): Promise<Map<string, QrCode>> {
  const codes = new Map<string, QrCode>()
  for (const [index, id] of ids.entries()) {
    if (index % BATCH === BATCH - 1) await new Promise((resolve) => setTimeout(resolve))
    codes.set(id, qrCode(`${origin}/initiatives/${id}`))
  }
  return codes
}

function qrCode(text: string): QrCode {
  const { size, data } = encode(text, { ecc: 'Q', border: 2 })
  const path = data.flatMap((row, y) =>
    runs(row).map(({ from, to }) => `M${from} ${y}h${to - from}v1H${from}z`),
  )
  return { size, path: path.join('') }
}

/** Dark modules beside each other, as one. */
function runs(row: readonly boolean[]): { readonly from: number; readonly to: number }[] {
  const found: { from: number; to: number }[] = []
  row.forEach((dark, x) => {
    const last = found.at(-1)
    if (!dark) return
    if (last?.to === x) last.to = x + 1
    else found.push({ from: x, to: x + 1 })
  })
  return found
}
