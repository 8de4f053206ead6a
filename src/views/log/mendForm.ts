/** Opens the log form on what was parked: its content merged on the row as it stands, or on the form already begun [S12]. */
import { mendedFields } from '../../domain/mend.ts'
import type { StoredRecord } from '../../domain/record.ts'
import { initiativeType } from '../../domain/types/initiative.ts'
import type { Forms, Shown } from '../../stores/ports.ts'
import type { UnsentEntry } from '../../stores/unsent.ts'
import { takeForm } from '../forms/keptForm.ts'
import { draftOf, editFormId, loadKept, newFormId, openForm, valuesOf } from './useLogForm.ts'

/** Answers where the form is, or undefined while another tab has it open. */
export async function prepareMending(
  forms: Forms,
  { n, mutation }: UnsentEntry,
  { record }: Shown,
): Promise<string | undefined> {
  const started = record.rev > 0 ? record : null
  const formId = started === null ? newFormId(record.id) : editFormId(record.id)
  const release = await takeForm(formId)
  if (release === undefined) return undefined
  const kept = await loadKept(forms, formId)
  const begun = kept?.draft ?? draftOf(record)
  const fields = mendedFields(initiativeType, mutation, valuesOf(begun))
  const mended: StoredRecord = { ...record, fields: { ...record.fields, ...fields } }
  const form = openForm(forms, {
    recordId: record.id,
    started: kept?.started ?? started,
    draft: begun,
    mends: n,
  })
  if (kept?.mends !== n) form.change(draftOf(mended))
  await form.settled()
  release()
  return started === null ? `/log?form=${record.id}` : `/log?id=${record.id}`
}
