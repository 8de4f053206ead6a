/** The light entries of a pack, as text and back. */
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { entriesOf, textOfEntries } from '../../../src/db/headEntries.ts'
import { asRecordId } from '../../../src/domain/ids.ts'

const value = fc.oneof(fc.string(), fc.integer(), fc.constant(null), fc.array(fc.string(), { maxLength: 3 }))
const entry = fc.record({
  id: fc.uuid().map(asRecordId),
  type: fc.constantFrom('initiative', 'feedback'),
  rev: fc.nat(),
  stage: fc.constantFrom('draft', 'submitted'),
  // Names of another release, and such as objects have of themselves.
  facets: fc.dictionary(fc.constantFrom('title', 'no', 'units', 'toString'), value),
  updatedAt: fc.string(),
  updatedBy: fc.string(),
  receiptNo: fc.option(fc.string()),
})
const place = fc.record({ id: fc.uuid().map(asRecordId), entry: fc.option(entry) })
const places = fc
  .array(place)
  .map((all) => all.map(({ id, entry: held }) => ({ id, entry: held && { ...held, id } })))
const idsOf = (all: readonly { readonly id: ReturnType<typeof asRecordId> }[]) => all.map(({ id }) => id)
const shown = (all: readonly { readonly entry: object | null }[]) =>
  all.flatMap(({ entry: held }) => (held === null ? [] : [{ ...held, queued: 0, parked: 0 }]))

test('what is read is what was written', () => {
  fc.assert(
    fc.property(places, (all) => {
      const entries = textOfEntries(all.map(({ entry: held }) => held))
      expect(entriesOf({ ids: idsOf(all), entries })).toEqual(shown(all))
    }),
  )
})

test('packs that a former release has written are read', () => {
  fc.assert(
    fc.property(places, (all) => {
      const entries = JSON.stringify(all.map(({ entry: held }) => held))
      expect(entriesOf({ ids: idsOf(all), entries })).toEqual(shown(all))
    }),
  )
})
