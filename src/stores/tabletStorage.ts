/** How much the browser stores for us, and whether it promised to keep it. */
import { defineStore } from 'pinia'
import { shallowReadonly, shallowRef } from 'vue'
import type { StorageState } from './ports.ts'
import { requirePorts } from './session.ts'

export const useTabletStorage = defineStore('tabletStorage', () => {
  const { storage } = requirePorts()
  const state = shallowRef<StorageState>({ usedBytes: null, quotaBytes: null, persisted: null })

  let asked = false

  async function refresh(): Promise<void> {
    state.value = await storage.state()
  }

  /** Asks the browser not to evict; answers what it said, null when it does not say. */
  async function persist(): Promise<boolean | null> {
    const answer = await storage.persist()
    await refresh()
    return answer
  }

  /** Asks once after something was saved: there is a reason then, and browsers are readier to agree. */
  async function persistOnce(): Promise<void> {
    if (asked) return
    asked = true
    if ((await storage.state()).persisted === false) await persist()
  }

  return { state: shallowReadonly(state), refresh, persist, persistOnce }
})
