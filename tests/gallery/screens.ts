/** Every screen in every state worth looking at. One more screen is one more line. */
import { BUREAU_SCREENS } from './screens/bureau.ts'
import { LIST_SCREENS } from './screens/list.ts'
import { OFFICE_SCREENS } from './screens/office.ts'
import { PART_SCREENS } from './screens/parts.ts'
import type { Screen } from './screens/steps.ts'
import { TABLET_SCREENS } from './screens/tablet.ts'

export const SCREENS: readonly Screen[] = [
  ...OFFICE_SCREENS,
  ...LIST_SCREENS,
  ...TABLET_SCREENS,
  ...BUREAU_SCREENS,
  ...PART_SCREENS,
]
