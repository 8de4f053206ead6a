import { describe, expect, test } from 'vitest'
import { REASON_WORDS, reasonText } from '../../../src/text/saveError.ts'

describe('[S12] why something was not taken', () => {
  const failed = reasonText({ type: 'failed' }, 'initiative')

  test('[S12] every reason has words of its own, ending in what to do', () => {
    const texts = Object.keys(REASON_WORDS).map((type) => reasonText({ type, field: 'title' }, 'initiative'))
    expect(new Set(texts).size).toBe(texts.length)
    for (const text of texts) expect(text).toMatch(/。$/)
  })

  test('[S12] a field is called by its 項目名', () => {
    expect(reasonText({ type: 'missingValue', field: 'returnReason' }, 'initiative')).toContain(
      '差戻しの理由',
    )
    expect(reasonText({ type: 'invalidValue', field: 'text' }, 'note')).toContain('経過')
  })

  test('[S12] a reason of a later release is told as a failure', () => {
    expect(reasonText({ type: 'somethingNew' }, 'initiative')).toBe(failed)
    expect(reasonText({ type: 'toString' }, 'initiative')).toBe(failed)
  })
})
