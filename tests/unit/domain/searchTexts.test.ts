import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { SearchTexts } from '../../../src/domain/searchTexts.ts'

/** One of them is two units. */
const LETTERS = 'アイ漢字𠮷'
const text = fc.string({ unit: fc.constantFrom(...LETTERS), maxLength: 8 })
const keys = fc.array(fc.string({ unit: fc.constantFrom(...LETTERS), minLength: 1, maxLength: 3 }), {
  maxLength: 3,
})
const id = fc.constantFrom('a', 'b', 'c', 'd')

type Step =
  | { readonly put: string; readonly text: string }
  | { readonly remove: string }
  | { readonly find: readonly string[] }
const step: fc.Arbitrary<Step> = fc.oneof(fc.record({ put: id, text }), fc.record({ remove: id }), {
  weight: 3,
  arbitrary: fc.record({ find: keys }),
})

test('whatever is typed, and whatever changes meanwhile, the texts found are those that hold every key', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const searched = new SearchTexts()
      const plain = new Map<string, string>()
      for (const each of steps) {
        if ('put' in each) {
          searched.put(each.put, each.text)
          plain.set(each.put, each.text)
        } else if ('remove' in each) {
          searched.remove(each.remove)
          plain.delete(each.remove)
        } else {
          const holding = [...plain].filter(([, held]) => each.find.every((key) => held.includes(key)))
          expect([...searched.find(each.find)].sort()).toEqual(holding.map(([held]) => held).sort())
        }
      }
    }),
  )
})

test('a word typed letter by letter is found at every letter', () => {
  fc.assert(
    fc.property(fc.array(text, { maxLength: 6 }), text, (texts, word) => {
      const searched = new SearchTexts()
      texts.forEach((held, index) => searched.put(String(index), held))
      for (let length = 1; length <= word.length; length += 1) {
        const typed = word.slice(0, length)
        const holding = texts.flatMap((held, index) => (held.includes(typed) ? [String(index)] : []))
        expect([...searched.find([typed])].sort()).toEqual(holding.sort())
      }
    }),
  )
})
