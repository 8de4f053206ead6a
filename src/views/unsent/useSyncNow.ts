/** 「今すぐ同期」 with its button's state. */
import { shallowReadonly, shallowRef } from 'vue'
import { useSyncStatus } from '../../stores/syncStatus.ts'

export function useSyncNow() {
  const sync = useSyncStatus()
  const working = shallowRef(false)

  async function syncNow(): Promise<void> {
    if (working.value) return
    working.value = true
    try {
      await sync.syncNow()
    } finally {
      working.value = false
    }
  }
  return { working: shallowReadonly(working), syncNow }
}
