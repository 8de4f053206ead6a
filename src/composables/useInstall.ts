/** Putting the app on the home screen: the browser's own offer where it makes one, else which steps to show. */
import { computed, shallowReadonly, shallowRef } from 'vue'
import { useMediaQuery } from './useMediaQuery.ts'

/** Chromium's event; other browsers have none. */
interface InstallOffer extends Event {
  prompt(): Promise<{ readonly outcome: 'accepted' | 'dismissed' }>
}
const isOffer = (event: Event): event is InstallOffer => 'prompt' in event

// The browser makes its offer once a page, soon after loading: it is kept for whoever asks later.
const offer = shallowRef<InstallOffer>()
const isInstalled = shallowRef(false)
window.addEventListener('beforeinstallprompt', (event) => {
  if (!isOffer(event)) return
  event.preventDefault()
  offer.value = event
})
window.addEventListener('appinstalled', () => {
  offer.value = undefined
  isInstalled.value = true
})

/** iPads call themselves Macintosh; no Mac has a touch screen. */
const isApple = (): boolean =>
  /iPad|iPhone|iPod/.test(navigator.userAgent) ||
  (navigator.userAgent.includes('Macintosh') && navigator.maxTouchPoints > 1)

/** `running` = opened from the home screen; `offer` = one tap installs; `apple` and `menu` = steps by hand. */
export type InstallWay = 'running' | 'installed' | 'offer' | 'apple' | 'menu'

export function useInstall() {
  const standalone = useMediaQuery('(display-mode: standalone)')
  const way = computed<InstallWay>(() => {
    if (standalone.value) return 'running'
    if (isInstalled.value) return 'installed'
    if (offer.value !== undefined) return 'offer'
    return isApple() ? 'apple' : 'menu'
  })

  /** Shows the browser's question; false when the person said no. An offer is good for one question. */
  async function install(): Promise<boolean> {
    const current = offer.value
    offer.value = undefined
    const answer = await current?.prompt()
    if (answer?.outcome === 'accepted') isInstalled.value = true
    return answer?.outcome === 'accepted'
  }

  return { way: shallowReadonly(way), install }
}
