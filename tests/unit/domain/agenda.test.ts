import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { type AgendaItem, readAgenda, withItem, withMove } from '../../../src/domain/agenda.ts'
import { asRecordId } from '../../../src/domain/ids.ts'
import { mergeField } from '../../../src/domain/merge.ts'

const agendaOf = (names: readonly string[]): AgendaItem[] =>
  names.reduce<AgendaItem[]>(
    (agenda, name) => withItem(agenda, { initiative: asRecordId(name), minutes: 5 }),
    [],
  )
const namesOf = (agenda: readonly AgendaItem[]): string[] => agenda.map(({ initiative }) => initiative)
const ABC = agendaOf(['a', 'b', 'c'])

test('a move puts one row at the place and keeps the order of the others, however often', () => {
  const moves = fc.array(fc.record({ from: fc.nat(5), to: fc.nat(5) }), { maxLength: 200 })
  fc.assert(
    fc.property(moves, (all) => {
      let agenda = agendaOf(['a', 'b', 'c', 'd', 'e', 'f'])
      for (const move of all) {
        const before = namesOf(agenda)
        agenda = withMove(agenda, move)
        const [moved] = before.splice(move.from, 1)
        before.splice(move.to, 0, moved ?? '')
        expect(namesOf(agenda)).toEqual(before)
        expect(readAgenda(agenda)).toEqual(agenda)
      }
    }),
  )
})

test('a row stands on the agenda once', () => {
  expect(withItem(ABC, { initiative: asRecordId('b'), minutes: 10 })).toEqual(ABC)
})

test('[S14] two people who add and move at once both have their way', () => {
  const added = withItem(ABC, { initiative: asRecordId('d'), minutes: 5 })
  const moved = withMove(ABC, { from: 2, to: 0 })
  const merged = mergeField('set', { from: ABC, current: added, mine: moved })
  expect(merged.type === 'merged' && namesOf(readAgenda(merged.value))).toEqual(['c', 'a', 'b', 'd'])
})

test('[S14] a row moved by two at once is still one item', () => {
  const first = withMove(ABC, { from: 2, to: 0 })
  const second = withMove(ABC, { from: 2, to: 1 })
  const merged = mergeField('set', { from: ABC, current: first, mine: second })
  const names = merged.type === 'merged' ? namesOf(readAgenda(merged.value)) : []
  expect(names.toSorted()).toEqual(['a', 'b', 'c'])
})

test('what is no agenda reads as an empty one', () => {
  for (const value of [null, 'a', 1, [{ initiative: 'a' }]]) expect(readAgenda(value)).toEqual([])
})
