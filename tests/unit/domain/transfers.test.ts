import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Role } from '../../../src/domain/actor.ts'
import { type Transferable, transferOf } from '../../../src/domain/transfers.ts'

const person = fc.record<Omit<Transferable, 'uid'>>({
  unit: fc.constantFrom('a', 'b', 'c'),
  roles: fc.constantFrom<readonly Role[]>(['staff'], ['lead'], ['staff', 'lead'], []),
  active: fc.boolean(),
})
const people = fc
  .array(person, { maxLength: 8 })
  .map((all) => all.map((one, index) => ({ ...one, uid: `p${index}` })))

test('those who move are the chosen who are elsewhere; a unit is named when its last lead goes', () => {
  fc.assert(
    fc.property(people, fc.array(fc.nat(7)), fc.constantFrom('a', 'b', 'c'), (all, picks, to) => {
      const chosen = new Set(picks.map((pick) => `p${pick}`))
      const { moving, withoutLead } = transferOf(all, { chosen, to })
      for (const one of all) expect(moving.includes(one)).toBe(chosen.has(one.uid) && one.unit !== to)
      const leads = (unit: string, after: boolean): number =>
        all.filter(
          (one) =>
            one.active &&
            one.roles.includes('lead') &&
            (after && moving.includes(one) ? to : one.unit) === unit,
        ).length
      for (const unit of ['a', 'b', 'c'])
        expect(withoutLead.includes(unit)).toBe(leads(unit, false) > 0 && leads(unit, true) === 0)
    }),
  )
})
