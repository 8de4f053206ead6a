import fc from 'fast-check'
import { expect, test } from 'vitest'
import { choosePin, normalisePin } from '../../../src/domain/pin.ts'

test('[S26] a PIN may be typed in full-width digits, with spaces or hyphens', () => {
  expect(choosePin('４８２９１７')).toEqual({ ok: true, value: '482917' })
  expect(choosePin(' 482-917 ')).toEqual({ ok: true, value: '482917' })
  expect(normalisePin('４８２ー９１７')).toBe('482917')
})

test.each([
  ['notSixDigits', ['', '12345', '1234567', '12345a', '一二三四五六', '٤٨٢٩١٧']],
  ['repeated', ['111111', '000000', '121212', '112112', '482482', '110011', '100000']],
  ['sequence', ['123456', '654321', '012345', '987654', '567890', '210987']],
] as const)('[S26] a PIN that is guessed at once is refused as %s', (weakness, pins) => {
  for (const pin of pins) expect(choosePin(pin), pin).toEqual({ ok: false, error: weakness })
})

test('[S26] nearly every six digits can be chosen', () => {
  const every17th = Array.from({ length: 58_823 }, (_, n) => String(n * 17).padStart(6, '0'))
  expect(every17th.filter((pin) => !choosePin(pin).ok).length).toBeLessThan(every17th.length / 200)
})

test('[S26] what can be chosen is read back as itself, however its digits are written', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[0-9]{6}$/), (pin) => {
      const wide = [...pin].map((digit) => String.fromCodePoint(0xff10 + Number(digit))).join('')
      expect(choosePin(wide)).toEqual(choosePin(pin))
    }),
  )
})
