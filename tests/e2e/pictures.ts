/** Pictures as people choose them, and what the tablet makes of them. */
import { crc32, deflateSync } from 'node:zlib'
import type { Page } from '@playwright/test'

export const GPS = 'GPS 35.6895N 139.6917E'

/** A picture as a camera writes it: twelve megapixels, turned by its Exif, with the place in it. */
export async function cameraPicture(page: Page): Promise<Buffer> {
  const plain = await page.evaluate(async () => {
    const canvas = new OffscreenCanvas(4000, 3000)
    const context = canvas.getContext('2d')
    if (context === null) throw new Error('no canvas')
    for (let n = 0; n < 600; n += 1) {
      context.fillStyle = `hsl(${(n * 47) % 360} 60% ${20 + ((n * 13) % 60)}%)`
      context.fillRect((n * 379) % 3900, (n * 211) % 2900, 40 + (n % 300), 30 + (n % 200))
    }
    const blob = await canvas.convertToBlob({ type: 'image/jpeg', quality: 0.9 })
    return [...new Uint8Array(await blob.arrayBuffer())]
  })
  const word = (value: number): number[] => [value >> 8, value & 0xff]
  const text = (value: string): number[] => [...Buffer.from(value, 'latin1')]
  // Big-endian TIFF with one entry: orientation 6, to be turned right by a quarter.
  const tiff = [
    ...text('MM'),
    0,
    42,
    0,
    0,
    0,
    8,
    ...word(1),
    ...word(0x0112),
    ...word(3),
    0,
    0,
    0,
    1,
    0,
    6,
    0,
    0,
  ]
  const exif = [...text('Exif\0\0'), ...tiff, 0, 0, 0, 0, ...text(GPS)]
  return Buffer.from([...plain.slice(0, 2), 0xff, 0xe1, ...word(exif.length + 2), ...exif, ...plain.slice(2)])
}

/** A white picture of 400 megapixels, in some 50 kB. */
export function hugePng(side = 20_000): Buffer {
  const chunk = (type: string, content: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), content])
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
    length.writeUInt32BE(content.length)
    sum.writeUInt32BE(crc32(body))
    return Buffer.concat([length, body, sum])
  }
  const header = Buffer.alloc(13)
  header.writeUInt32BE(side, 0)
  header.writeUInt32BE(side, 4)
  // One bit a pixel, grey.
  header.writeUInt8(1, 8)
  const lines = Buffer.alloc(side * (1 + side / 8), 0xff)
  for (let line = 0; line < side; line += 1) lines[line * (1 + side / 8)] = 0
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(lines)),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

export const file = (buffer: Buffer, name = 'IMG_0001.JPG') => ({ name, mimeType: 'image/jpeg', buffer })
export const choose = async (page: Page, ...buffers: Buffer[]): Promise<void> => {
  await page
    .locator('input[type=file][multiple]')
    .setInputFiles(buffers.map((buffer, index) => file(buffer, `IMG_000${index + 1}.JPG`)))
}
export const openOne = (page: Page, no = 1) => page.getByRole('button', { name: `写真 ${no}を大きく表示` })

/** What the tablet has noted of its photos. */
export const uploads = (
  page: Page,
): Promise<{ id: string; sha256: string; width: number; height: number }[]> =>
  page.evaluate(async () => {
    for (const { name } of await indexedDB.databases()) {
      if (name === undefined || !name.includes('kameido')) continue
      const open = indexedDB.open(name)
      const db = await new Promise<IDBDatabase>((resolve) => (open.onsuccess = () => resolve(open.result)))
      const all = db.transaction('uploads').objectStore('uploads').getAll()
      const rows = await new Promise<
        { id: string; photo: { sha256: string; width: number; height: number } }[]
      >((resolve) => (all.onsuccess = () => resolve(all.result)))
      db.close()
      return rows.map(({ id, photo }) => ({ id, ...photo }))
    }
    return []
  })
