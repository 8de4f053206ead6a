/** A parked save that the address (`?mend=`) asks to write anew on this screen [S12]. */
import { watch } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import type { RecordId } from '../../domain/ids.ts'
import { useSession } from '../../stores/session.ts'
import { type UnsentEntry, useUnsent } from '../../stores/unsent.ts'

/** Calls `begin` once with the entry asked for, if it is of this type; `done` gives it up once its content is saved anew. */
export function useMending(type: string, begin: (entry: UnsentEntry) => void) {
  const session = useSession()
  const unsent = useUnsent()
  const route = useRoute()
  const router = useRouter()
  let mended: UnsentEntry | undefined

  watch(
    [() => route.query['mend'], () => unsent.parked] as const,
    ([wanted, parked]) => {
      const found = parked.find(({ n, mutation }) => String(n) === wanted && mutation.type === type)
      if (found === undefined || found.n === mended?.n) return
      mended = found
      begin(found)
    },
    { immediate: true },
  )

  /** The record of this id was saved: if that was what was being mended, the parked entry goes. */
  async function done(id: RecordId): Promise<void> {
    if (mended === undefined || mended.recordId !== id) return
    await session.workplace?.outbox.discardParked(mended.n)
    mended = undefined
    await unsent.reload()
    await router.replace({ path: route.path })
  }

  return { done }
}
