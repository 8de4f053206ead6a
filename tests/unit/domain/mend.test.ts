import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { sentencesOf } from '../../../src/domain/merge.ts'
import { mendedFields } from '../../../src/domain/mend.ts'
import { initiativeType } from '../../../src/domain/types/initiative.ts'

const text = fc
  .array(fc.stringMatching(/^[あいう]{1,2}。$/), { maxLength: 6 })
  .map((sentences) => sentences.join(''))
const mend = (field: string, change: { from: string; to: string }, now: string): unknown =>
  mendedFields(initiativeType, { set: { [field]: change } }, { [field]: now, progress: 'doing' })[field]

describe('[S12] mending a parked mutation', () => {
  test('[S12] on a record that did not change it is what the person wrote', () => {
    fc.assert(
      fc.property(text, text, (from, to) => {
        expect(mend('background', { from, to }, from)).toBe(to)
      }),
    )
  })

  test('[S12] nothing either side wrote is missing from the form', () => {
    fc.assert(
      fc.property(text, text, text, (from, to, now) => {
        const form = sentencesOf(String(mend('background', { from, to }, now)))
        const old = sentencesOf(from)
        for (const each of [...sentencesOf(to), ...sentencesOf(now)])
          if (!old.includes(each)) expect(form).toContain(each)
      }),
    )
  })

  test('[S12] a title both changed is the person’s, sets take both, other fields stay', () => {
    const mended = mendedFields(
      initiativeType,
      {
        set: {
          title: { from: '受付', to: '受付の改善' },
          viewpoints: { from: null, to: ['openness'] },
          stage: { from: 'draft', to: 'submitted' },
          madeUpField: { from: null, to: 'x' },
        },
      },
      { title: '受付の見直し', viewpoints: ['citizenFirst'], progress: 'doing' },
    )
    expect(mended).toEqual({
      title: '受付の改善',
      viewpoints: ['citizenFirst', 'openness'],
      progress: 'doing',
    })
  })
})
