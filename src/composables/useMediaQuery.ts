import { type Ref, onBeforeUnmount, onMounted, readonly, ref } from 'vue'

/** Whether a media query holds now. */
export function useMediaQuery(query: string): Readonly<Ref<boolean>> {
  const media = window.matchMedia(query)
  const matches = ref(media.matches)
  const follow = (): void => {
    matches.value = media.matches
  }
  onMounted(() => media.addEventListener('change', follow))
  onBeforeUnmount(() => media.removeEventListener('change', follow))
  return readonly(matches)
}
