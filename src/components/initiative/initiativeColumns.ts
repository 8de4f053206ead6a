import { ja } from '../../text/ja.ts'

/** The columns of the 取組 table, in the order of the cells of InitiativeRow. For UiTable. */
export const INITIATIVE_COLUMNS = [
  { key: 'no', label: ja.initiative.no, align: 'right' },
  { key: 'title', label: ja.initiative.title },
  { key: 'unit', label: ja.initiative.unit },
  { key: 'progress', label: ja.initiative.progress },
  { key: 'stage', label: ja.initiative.stage },
  { key: 'updatedAt', label: ja.initiative.updatedAt },
  { key: 'mark', label: ja.initiative.syncMark },
] as const
