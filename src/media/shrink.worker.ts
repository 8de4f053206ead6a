/** Shrinks pictures beside the page, so that nothing stutters. One message in, one out, in order. */
import { shrink } from './shrink.ts'

addEventListener('message', ({ data }: MessageEvent<Blob>) => {
  void shrink(data).then((shrunk) => {
    const transfer = shrunk.ok ? [shrunk.value.picture, shrunk.value.thumb] : []
    postMessage(shrunk, { transfer })
  })
})
