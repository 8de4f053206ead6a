import type { InjectionKey } from 'vue'

/** Names of the unit master: public, so the privacy gate lets them be. Given by the composition root. */
export const PRIVACY_NAMES: InjectionKey<() => readonly string[]> = Symbol('privacyNames')
