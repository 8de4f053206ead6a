/** What a task or notice without a 取組 is about, in words, and where it is done. */
import type { IndexEntry } from '../../stores/ports.ts'
import { cycleTitle } from '../../text/cycle.ts'

export function aboutPlace({ type, id, facets }: IndexEntry): {
  readonly title: string
  readonly to: string
} {
  if (type === 'cycle') return { title: cycleTitle(facets), to: `/cycle?cycle=${id}` }
  if (type === 'meeting') return { title: String(facets['title'] ?? ''), to: `/meetings/${id}` }
  return { title: String(facets['text'] ?? ''), to: `/meetings/${String(facets['meeting'])}` }
}
