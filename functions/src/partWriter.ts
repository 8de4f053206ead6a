/** How the parts of a snapshot are compressed [S23]. */
import { once } from 'node:events'
import { constants, createBrotliCompress } from 'node:zlib'

/** Takes in the text of a part and answers it as it is kept. */
export interface PartWriter {
  /** About as much as has been taken in. */
  sizeBytes(): number
  write(text: string): Promise<void>
  end(): Promise<Uint8Array>
}

/** A higher quality saves a tenth of the bytes and takes several times as long. */
const paramsOf = (sizeHint: number) => ({
  [constants.BROTLI_PARAM_QUALITY]: 5,
  [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
  // A part is large: known beforehand it is looked through more widely, for a few hundredths of the bytes.
  [constants.BROTLI_PARAM_SIZE_HINT]: sizeHint,
})

/** `sizeHint`: bytes of text that a part has at most. */
export function openBrotliPart(sizeHint: number): PartWriter {
  const brotli = createBrotliCompress({ params: paramsOf(sizeHint) })
  const chunks: Buffer[] = []
  let sizeBytes = 0
  brotli.on('data', (chunk: Buffer) => {
    chunks.push(chunk)
    sizeBytes += chunk.length
  })
  return {
    sizeBytes: () => sizeBytes,
    // Flushed, so that a tablet can decode a line as soon as its bytes are there.
    write: (text) =>
      new Promise((resolve, reject) => {
        brotli.write(text, (error) => {
          if (error) reject(error)
          else brotli.flush(constants.BROTLI_OPERATION_FLUSH, resolve)
        })
      }),
    async end() {
      const ended = once(brotli, 'end')
      brotli.end()
      await ended
      return Buffer.concat(chunks)
    },
  }
}
