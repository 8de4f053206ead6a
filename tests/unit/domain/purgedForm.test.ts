/** [S18] A kept form holds the version it began from: what is destroyed of it, and what of the person's typing stays. */
import { expect, test } from 'vitest'
import { startedForm, withoutPurgedStart } from '../../../src/domain/purgedForm.ts'
import { PURGED_VALUE } from '../../../src/domain/purgeMark.ts'

const formOf = (draft: Readonly<Record<string, unknown>>, rev = 3) => {
  const fields = { issues: '旧', opinions: ['一', '二'], rate: 80 }
  const form = startedForm({ started: { id: 'a', rev, fields }, draft })
  if (form === undefined) throw new Error('Not a form that began from a record.')
  return form
}
const TYPED = { issues: '旧', opinions: '一\n二', rate: '80' }

test('[S18] what was not touched is as the record is now, lists typed as lines too', () => {
  const present = { fields: { issues: '新', rate: 80 } }
  const left = withoutPurgedStart(formOf(TYPED), { issues: 3, opinions: 3 }, present)
  expect(left).toMatchObject({
    started: { fields: { issues: '新', opinions: null, rate: 80 } },
    draft: { issues: '新', opinions: '', rate: '80' },
  })
})

test('[S18] what was typed stays; what it set out from does not', () => {
  const left = withoutPurgedStart(formOf({ ...TYPED, issues: '書き足し' }), { '*': 5 }, undefined)
  expect(left.draft).toEqual({ issues: '書き足し', opinions: '', rate: '80' })
  expect(left.started.fields).toEqual({ issues: PURGED_VALUE, opinions: null, rate: PURGED_VALUE })
})

test('[S18] a form that began after the purge, or from the value that stays, is left as it is', () => {
  const later = formOf(TYPED, 4)
  expect(withoutPurgedStart(later, { issues: 3 }, { fields: { issues: '新' } })).toBe(later)
  const same = formOf(TYPED)
  expect(withoutPurgedStart(same, { issues: 3 }, { fields: { issues: '旧' } })).toBe(same)
  expect(startedForm({ started: null, draft: {} })).toBeUndefined()
})
