/** What the person has seen on this tablet; nothing is said to be unseen before it is known. */
import { defineStore } from 'pinia'
import { shallowReadonly, shallowRef, watch } from 'vue'
import { useSession } from './session.ts'

export const useSeen = defineStore('seen', () => {
  const session = useSession()
  /** Undefined until read. */
  const ids = shallowRef<ReadonlySet<string>>()

  watch(
    () => session.workplace,
    async (workplace) => {
      ids.value = undefined
      const loaded = await workplace?.seen.load().catch((error: unknown) => {
        // Nothing else waits for it: what was seen is shown once more.
        console.error('What was seen could not be read.', error)
        return []
      })
      if (loaded !== undefined && session.workplace === workplace) ids.value = new Set(loaded)
    },
    { immediate: true },
  )

  async function add(...more: readonly string[]): Promise<void> {
    const { workplace } = session
    const all = await workplace?.seen.add(more)
    if (all !== undefined && session.workplace === workplace) ids.value = new Set(all)
  }

  return { ids: shallowReadonly(ids), add }
})
