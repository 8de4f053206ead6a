import fc from 'fast-check'
import { expect, test } from 'vitest'
import { figureText, parseFigure } from '../../../src/domain/figure.ts'

test('a figure is read however it is typed', () => {
  expect(parseFigure('１，２３４．５')).toBe(1234.5)
  expect(parseFigure(' 1,200 ')).toBe(1200)
  expect(parseFigure('－３')).toBe(-3)
  expect(parseFigure('△')).toBeUndefined()
  expect(parseFigure('12分')).toBeUndefined()
  expect(parseFigure('1.2.3')).toBeUndefined()
  expect(parseFigure('　')).toBeNull()
})

test('what is shown of a figure is read back as the same figure', () => {
  fc.assert(
    fc.property(fc.integer({ min: -(10 ** 15), max: 10 ** 15 }), (scaled) => {
      const value = scaled / 10_000
      expect(parseFigure(figureText(value))).toBeCloseTo(value, 4)
    }),
  )
})
