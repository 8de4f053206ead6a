/** Replies being typed to feedback: each kept at every keystroke until it is saved [S3]. */
import { onScopeDispose, shallowReadonly, shallowRef, watch } from 'vue'
import * as v from 'valibot'
import type { RecordId } from '../../domain/ids.ts'
import { useSession } from '../../stores/session.ts'
import { type FormWriter, createFormWriter, takeForm } from '../forms/keptForm.ts'

const replySchema = v.object({
  text: v.string(),
  /** The parked entry (`n`) whose content this reply has taken; it is given up with the save [S12]. */
  mends: v.optional(v.number()),
})
export type ReplyDraft = v.InferOutput<typeof replySchema>

interface Keeper {
  readonly writer: FormWriter<ReplyDraft>
  /** Gives the form back to other tabs. */
  readonly release: () => void
}

const formIdOf = (feedback: RecordId): string => `reply:${feedback}`

/** The replies to `open` feedback, by its id. */
export function useReplies(open: () => readonly RecordId[]) {
  const session = useSession()
  const drafts = shallowRef<ReadonlyMap<RecordId, ReplyDraft>>(new Map())
  const keepers = new Map<RecordId, Promise<Keeper | undefined>>()
  const read = new Set<RecordId>()

  watch(
    open,
    async (ids) => {
      for (const id of ids.filter((each) => !read.has(each))) {
        read.add(id)
        const kept = v.safeParse(replySchema, await session.workplace?.forms.load(formIdOf(id)))
        if (kept.success && !drafts.value.has(id)) show(id, kept.output)
      }
    },
    { immediate: true },
  )

  function show(id: RecordId, draft: ReplyDraft | undefined): void {
    const next = new Map(drafts.value)
    if (draft === undefined) next.delete(id)
    else next.set(id, draft)
    drafts.value = next
  }

  /** Where another tab writes this reply, that one is kept. */
  async function keeperOf(id: RecordId): Promise<Keeper | undefined> {
    const forms = session.workplace?.forms
    const release = await takeForm(formIdOf(id))
    if (forms === undefined || release === undefined) {
      keepers.delete(id)
      return undefined
    }
    return { writer: createFormWriter(forms, formIdOf(id)), release }
  }

  async function change(id: RecordId, part: Partial<ReplyDraft>): Promise<void> {
    show(id, { text: '', ...drafts.value.get(id), ...part })
    const keeping = keepers.get(id) ?? keeperOf(id)
    keepers.set(id, keeping)
    const keeper = await keeping
    const draft = drafts.value.get(id)
    if (draft !== undefined) keeper?.writer.keep(draft)
  }

  /** The reply is saved. */
  async function drop(id: RecordId): Promise<void> {
    const keeper = await keepers.get(id)
    keepers.delete(id)
    show(id, undefined)
    await (keeper === undefined ? session.workplace?.forms.drop(formIdOf(id)) : keeper.writer.drop())
    keeper?.release()
  }

  onScopeDispose(() => {
    for (const keeping of keepers.values()) void keeping.then((keeper) => keeper?.release())
  })

  return { drafts: shallowReadonly(drafts), change, drop }
}
