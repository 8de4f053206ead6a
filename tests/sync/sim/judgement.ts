/** Whether the server decided rightly, seen from what people had before them when they saved. */
import type { Json } from '../../../src/domain/json.ts'
import type { Saved, ServerState } from './serverState.ts'

/** Texts of a 取組 that people write. */
const TEXTS = ['title', 'background', 'detail', 'goal']

type History = ServerState['histories'][number]

/** (a) Nobody overwrites what they have not seen; (d) what was written for a draft is not published with an edit. */
export function decisionProblems(saves: readonly Saved[], { receipts, histories }: ServerState): string[] {
  const byHash = new Map(saves.map((save) => [save.hash, save]))
  // Two mutations of one revision: the second one changed nothing.
  const byRev = Map.groupBy(receipts, ({ recordId, rev }) => `${recordId}@${rev}`)
  return histories.flatMap((history) =>
    history.flatMap((doc, index) => {
      const given = byRev.get(`${doc.recordId}@${doc.entry.rev}`) ?? []
      const save = given.length === 1 ? byHash.get(given[0]?.hash ?? '') : undefined
      if (save === undefined || doc.entry.outcome === 'conflicted' || save.uid !== doc.entry.by) return []
      return problemsOf(save, { doc, stage: stageBefore(history, index) })
    }),
  )
}

interface Change {
  readonly doc: History[number]
  /** Of the record when it was changed. */
  readonly stage: Json
}

function problemsOf({ seat, recordId, mutation }: Saved, { doc, stage }: Change): string[] {
  return TEXTS.flatMap((field) => {
    const [asked, done] = [mutation.set[field], doc.entry.set[field]]
    if (asked === undefined || done === undefined) return []
    const unseen = sentences(done.from).filter((each) => !sentences(asked.from).includes(each))
    const lost = unseen.filter((each) => !sentences(done.to).includes(each))
    const added = sentences(done.to).filter((each) => !sentences(done.from).includes(each))
    const published = mutation.stage === 'draft' && stage !== 'draft' && mutation.op !== 'create'
    return [
      ...lost.map((each) => `(a) ${each} in ${field} of ${recordId} was overwritten unseen on ${seat}`),
      ...(published ? added : []).map((each) => `(d) ${each}, written in a draft on ${seat}, is published`),
    ]
  })
}

function stageBefore(history: History, index: number): Json {
  return history.slice(0, index).reduce<Json>((stage, { entry }) => entry.set['stage']?.to ?? stage, null)
}

/** (a) A version that waits for a decision gives way only to one that was written from it. */
export function replacedConflicts(saves: readonly Saved[], { records, histories }: ServerState): string[] {
  return histories.flatMap((history, index) => {
    const conflict = records[index]
    if (conflict?.type !== 'conflict') return []
    const { target, field } = conflict.record.fields
    // A removal says so by its kind; there is no text to lose.
    if (field === 'removed') return []
    let [open, mine]: [boolean, Json] = [false, null]
    const wrong: string[] = []
    for (const { entry } of history) {
      const next = entry.set['mine']?.to
      if (next !== undefined) {
        const goesOn = saves.some(({ recordId, mutation: { set } }) => {
          const change = set[String(field)]
          return recordId === target && same(change?.from, mine) && same(change?.to, next)
        })
        if (open && !goesOn) wrong.push(`(a) ${String(mine)} gave way in ${conflict.id} to ${String(next)}`)
        mine = next
      }
      open = entry.set['resolvedBy'] === undefined
    }
    return wrong
  })
}

const same = (a: Json | undefined, b: Json): boolean => JSON.stringify(a ?? null) === JSON.stringify(b)

function sentences(text: Json | undefined): string[] {
  return typeof text === 'string' ? (text.match(/[^。]*。/g) ?? []) : []
}
