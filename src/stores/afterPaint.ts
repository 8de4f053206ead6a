/** Work that waits until the person sees something. */

/** A tab that is not seen is not painted. */
const UNSEEN_MS = 200

/** Does it when the page has been painted, or will not be; the answer cancels. */
export function afterPaint(work: () => void): () => void {
  const frame = requestAnimationFrame(() => {
    clearTimeout(timer)
    timer = setTimeout(work)
  })
  let timer = setTimeout(() => {
    cancelAnimationFrame(frame)
    work()
  }, UNSEEN_MS)
  return () => {
    cancelAnimationFrame(frame)
    clearTimeout(timer)
  }
}
