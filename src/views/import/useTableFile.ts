/** The chosen file: read in a worker, given up at any moment. */
import { onScopeDispose, shallowReadonly, shallowRef } from 'vue'
import type { TableRow } from '../../domain/csv.ts'
import { useFileDesk } from '../../stores/fileDesk.ts'
import { importText, tableProblemText } from '../../text/importing.ts'

export function useTableFile() {
  const openDesk = useFileDesk()
  const rows = shallowRef<readonly TableRow[]>()
  const name = shallowRef('')
  const failure = shallowRef<string>()
  const reading = shallowRef(false)
  let stopping = new AbortController()

  function stop(): void {
    stopping.abort()
    reading.value = false
  }
  onScopeDispose(stop)

  async function read(file: File): Promise<void> {
    stop()
    stopping = new AbortController()
    const { signal } = stopping
    rows.value = undefined
    name.value = file.name
    failure.value = undefined
    reading.value = true
    try {
      const table = await (await openDesk()).read(file, signal)
      if (table === undefined || signal.aborted) return
      if (table.ok) rows.value = table.value
      else failure.value = tableProblemText(table.error, '取組')
    } catch (error) {
      console.error('A file could not be read.', error)
      if (!signal.aborted) failure.value = importText.failed
    }
    if (!signal.aborted) reading.value = false
  }

  return {
    rows: shallowReadonly(rows),
    name: shallowReadonly(name),
    failure: shallowReadonly(failure),
    reading: shallowReadonly(reading),
    read,
    stop,
  }
}
