/** Reads and writes files beside the page: one message in, one out. What takes too much is ended with the worker. */
import type { TableFile } from '../domain/table.ts'
import { readTable } from './readTable.ts'
import { writeTable } from './writeTable.ts'

export type FileTask =
  { readonly type: 'read'; readonly file: Blob } | { readonly type: 'write'; readonly table: TableFile }

addEventListener('message', ({ data }: MessageEvent<FileTask>) => {
  void (data.type === 'read' ? readTable(data.file) : writeTable(data.table)).then((answer) =>
    postMessage(answer),
  )
})
