/** A form in a dialog or a panel: kept at every keystroke until it is sent or thrown away [S3]. */
import { onScopeDispose, shallowReadonly, shallowRef, watch } from 'vue'
import * as v from 'valibot'
import { useSession } from '../../stores/session.ts'
import { useToasts } from '../../stores/toasts.ts'
import { keptFormText } from '../../text/keptForm.ts'
import { type FormWriter, createFormWriter, takeForm } from './keptForm.ts'

interface Fields<T> {
  /** What is kept. */
  readonly schema: v.GenericSchema<unknown, T>
  /** The fields as they are now. */
  readonly read: () => T
  /** Fills the fields. */
  readonly fill: (draft: T) => void
  /** Nothing is typed that anybody would miss. */
  readonly isEmpty: () => boolean
}

interface Keeper<T> {
  readonly formId: string
  readonly writer: FormWriter<T>
  /** Gives the form back to other tabs. */
  readonly release: () => void
}

/** The fields are the form's own; one form at a time is open in them. */
export function useKeptForm<T>({ schema, read, fill, isEmpty }: Fields<T>) {
  const session = useSession()
  const toasts = useToasts()
  /** What was typed before is gone on with. */
  const isRestored = shallowRef(false)
  let keeper: Keeper<T> | undefined
  let opened = 0
  let busy: Promise<unknown> = Promise.resolve()
  let withdrawOffer: (() => void) | undefined

  watch(read, (draft) => keeper?.writer.keep(draft))

  /** Begins with `blank`, or goes on with what was kept. Where another tab writes this form, that one is kept. */
  async function open(formId: string, blank: T): Promise<void> {
    void putAway()
    const turn = opened
    isRestored.value = false
    fill(blank)
    const untouched = JSON.stringify(read())
    await inTurn(async () => {
      const forms = session.workplace?.forms
      if (forms === undefined || turn !== opened) return
      const release = await takeForm(formId)
      if (release === undefined) return
      const kept = v.safeParse(schema, await forms.load(formId))
      if (turn !== opened) return release()
      keeper = { formId, writer: createFormWriter<T>(forms, formId), release }
      if (JSON.stringify(read()) !== untouched) keeper.writer.keep(read())
      else if (kept.success) {
        fill(kept.output)
        isRestored.value = !isEmpty()
      }
    })
  }

  /** Something of this form is kept. */
  const isBegun = async (formId: string): Promise<boolean> =>
    (await session.workplace?.forms.load(formId)) !== undefined

  /** The same form may be closed and opened again at once. */
  async function inTurn<R>(act: () => Promise<R>): Promise<R> {
    const done = busy.then(act)
    busy = done.catch(() => undefined)
    return done
  }

  /** Leaves the form for later; answers whether there is anything to come back to. */
  async function putAway(): Promise<boolean> {
    const left = keeper
    withdrawOffer?.()
    opened += 1
    keeper = undefined
    if (left === undefined) return false
    const how = { empty: isEmpty(), restored: isRestored.value }
    return inTurn(() => leave(left, how))
  }

  async function leave(
    { writer, release }: Keeper<T>,
    { empty, restored }: { empty: boolean; restored: boolean },
  ): Promise<boolean> {
    try {
      await (empty ? writer.drop() : writer.settled())
    } catch (problem) {
      console.error('The form could not be put away.', problem)
    }
    release()
    return !empty && (restored || writer.isKept.value)
  }

  /** Closes the form, which says so when it is kept. */
  async function close(): Promise<void> {
    if (await putAway()) toasts.show(keptFormText.kept, 'info')
  }

  /** Forgets the form: it was sent. */
  async function drop(): Promise<void> {
    const left = keeper
    keeper = undefined
    opened += 1
    await left?.writer.drop()
    left?.release()
  }

  /** Throws away what was typed; `undone` opens the form anew when the person takes that back. */
  async function discard(undone: () => void): Promise<void> {
    const [left, draft, forms] = [keeper, read(), session.workplace?.forms]
    await left?.writer.settled()
    const isMissed = !isEmpty() && (isRestored.value || left?.writer.isKept.value === true)
    await drop()
    if (left === undefined || !isMissed) return
    const run = (): void => void forms?.keep(left.formId, draft).then(undone)
    withdrawOffer = toasts.offer(keptFormText.discarded, { label: keptFormText.undo, run })
  }

  onScopeDispose(() => void putAway())

  return { isRestored: shallowReadonly(isRestored), isBegun, open, close, drop, discard }
}
