import { initiativeText } from '../../text/initiative.ts'

/** The columns of the 取組 table, in the order of the cells of InitiativeRow. For UiTable. */
export const INITIATIVE_COLUMNS = [
  { key: 'no', label: initiativeText.no, align: 'right' },
  { key: 'title', label: initiativeText.title },
  { key: 'unit', label: initiativeText.unit },
  { key: 'progress', label: initiativeText.progress },
  { key: 'stage', label: initiativeText.stage },
  { key: 'updatedAt', label: initiativeText.updatedAt },
  { key: 'mark', label: initiativeText.syncMark },
] as const
