import { describe, expect, test } from 'vitest'
import { type KeptReason, keptReasonsAfter } from '../../../../src/domain/keptReasons.ts'
import {
  type GateChoice,
  type GateField,
  answerOf,
  questionOf,
  rememberingLook,
} from '../../../../src/domain/privacy/gate.ts'
import { findPersonalData } from '../../../../src/domain/privacy/findPersonalData.ts'

const field = (key: string, text: string, before = ''): GateField => ({ key, label: key, text, before })
const REASON = { reason: 'published', note: '' } as const
const answer = (fields: readonly GateField[], choices: readonly GateChoice[]) =>
  answerOf(fields, { items: questionOf(fields).items, choices })

describe('the question', () => {
  test('[M12] each place comes with its field and the sentence around it', () => {
    const text = '前の文。折返しは090-0000-1234まで。次の文。'
    const { items } = questionOf([field('title', '棚の整理'), field('background', text)])
    expect(items).toMatchObject([
      { field: { key: 'background' }, lead: '折返しは', marked: '090-0000-1234', rest: 'まで。' },
    ])
  })

  test('[M12] a long sentence is cut around the place, never inside a character', () => {
    const text = `${'🙂'.repeat(60)}090-0000-1234${'🙂'.repeat(60)}`
    const [item] = questionOf([field('background', text)]).items
    expect(item?.lead).toBe(`…${'🙂'.repeat(20)}`)
    expect(item?.rest).toBe(`${'🙂'.repeat(20)}…`)
  })

  test('[M12] a company is told, not asked', () => {
    const { items, notices } = questionOf([field('background', '株式会社山川製作所が納めた。')])
    expect(items).toEqual([])
    expect(notices.map(({ marked }) => marked)).toEqual(['株式会社山川製作所'])
  })

  test('[M12] what stood in the field before is not asked again, what is new is', () => {
    const before = '折返しは090-0000-1234まで。'
    expect(questionOf([field('background', `${before}以上。`, before)]).items).toEqual([])
    const { items } = questionOf([field('background', `${before}又は090-0000-5678。`, before)])
    expect(items.map(({ marked }) => marked)).toEqual(['090-0000-5678'])
  })
})

describe('the answer', () => {
  const text = '鈴木課長（03-1234-5678）とtaro@example.jpへ。'
  const fields = [field('title', '連絡網'), field('background', text)]

  test('[M12] masks what is to be masked, keeps the rest with its reason, and leaves other fields alone', () => {
    const { texts, reasons, left } = answer(fields, ['mask', { ...REASON, note: ' 名簿にある ' }, 'mask'])
    expect(texts).toEqual({ title: '連絡網', background: '●●課長（03-1234-5678）と●●へ。' })
    expect(reasons).toEqual([{ field: 'background', kind: 'phone', reason: 'published', note: '名簿にある' }])
    expect(left).toEqual([{ field: 'background', kind: 'phone' }])
  })
})

describe('reasons of a record', () => {
  const phone: KeptReason = { field: 'background', kind: 'phone', ...REASON }
  const mail: KeptReason = { field: 'background', kind: 'mail', ...REASON }
  const note: KeptReason = { field: 'plan', kind: 'phone', ...REASON }

  test('[M12] a reason goes with its data, and stays while the data does', () => {
    const left = [{ field: 'background', kind: 'mail' }]
    expect(keptReasonsAfter([phone, mail, note], { looked: ['background'], left, reasons: [] })).toEqual([
      mail,
      note,
    ])
    expect(keptReasonsAfter([phone], { looked: ['background'], left: [], reasons: [] })).toBeNull()
  })

  test('[M12] the same reason given twice is one', () => {
    const left = [{ field: 'background', kind: 'phone' }]
    expect(keptReasonsAfter([phone], { looked: ['background'], left, reasons: [{ ...phone }] })).toEqual([
      phone,
    ])
  })
})

describe('a form that is looked at while it is typed', () => {
  const COMPANY = '株式会社山川製作所が納めた。'
  test('is looked at as without a memory, however many texts it had', () => {
    const look = rememberingLook(() => [])
    const texts = Array.from(
      { length: 200 },
      (_, index) => `電話は090-0000-${String(1000 + (index % 90))}です。`,
    )
    expect(texts.map(look)).toEqual(texts.map((text) => findPersonalData(text)))
  })

  test('is looked at anew once the names that are let be have come', () => {
    let names: readonly string[] = []
    const look = rememberingLook(() => names)
    expect(look(COMPANY)).not.toEqual([])
    names = ['株式会社山川製作所']
    expect(look(COMPANY)).toEqual([])
  })
})
