/** ○月○日時点: what history takes back is what was (M4-18). Random work through the real handlers, looked at as it went. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { commitAs } from '../../functions/src/commit.ts'
import { changes } from '../../functions/src/handlers/changes.ts'
import { pull } from '../support/pulling.ts'
import type { Actor } from '../../src/domain/actor.ts'
import { type RecordChange, changesRequest } from '../../src/domain/changes.ts'
import { asDeviceId } from '../../src/domain/ids.ts'
import type { Json } from '../../src/domain/json.ts'
import { type RewoundRow, rewind } from '../../src/domain/rewind.ts'
import { PROTOCOL_VERSION } from '../../src/domain/wire.ts'
import { type World, draftValues, enrol, intention, openWorld } from '../support/world.ts'

const UNITS = ['kameido', 'osaki'] as const
const ROWS = 4

interface Act {
  readonly unit: number
  readonly row: number
  readonly kind: 'create' | 'submit' | 'edit' | 'withdraw' | 'remove' | 'number'
  /** 0, 1 or 2: also what an edit says the person started from, so that some merge and some conflict. */
  readonly value: number
  readonly from: number
}

const PROGRESS = ['doing', 'done', null]
const THEMES = ['窓口', null, '文書']
const TEXTS = ['受付は紙です。', '受付は紙です。呼出しは声です。', '受付は発券機です。']
const valuesOf = (index: number): Record<string, Json> => ({
  progress: PROGRESS[index] ?? null,
  theme: THEMES[index] ?? null,
  background: TEXTS[index] ?? null,
})

const act: fc.Arbitrary<Act> = fc.record({
  unit: fc.nat({ max: UNITS.length - 1 }),
  row: fc.nat({ max: ROWS - 1 }),
  kind: fc.constantFrom('create', 'create', 'submit', 'edit', 'edit', 'edit', 'withdraw', 'remove', 'number'),
  value: fc.nat({ max: 2 }),
  from: fc.nat({ max: 2 }),
})

function intended({ unit, row, kind, value, from }: Act) {
  const owner = UNITS[unit] ?? UNITS[0]
  const id = `row-${owner}-${row}`
  const values = { ...draftValues(owner, `取組${row}`), ...valuesOf(value) }
  const edit = (stage: string, set: Record<string, Json>, started: Record<string, Json>) =>
    intention('initiative', 'edit', { id, stage, set, from: started })
  switch (kind) {
    case 'create':
      return intention('initiative', 'create', {
        id,
        set: { ...values, stage: value === 0 ? 'submitted' : 'draft' },
      })
    case 'submit':
      return edit('draft', { stage: 'submitted', ...valuesOf(value) }, { stage: 'draft', ...valuesOf(from) })
    case 'edit':
      return edit('submitted', valuesOf(value), valuesOf(from))
    case 'withdraw':
      return edit('submitted', { stage: 'withdrawn' }, { stage: 'submitted' })
    case 'remove':
      return intention('initiative', 'remove', { id, stage: 'draft', set: {} })
    case 'number':
      return edit('submitted', { no: value + 1 }, {})
  }
}

/** Rows of the bureau's list as a tablet receives them now. */
async function listOf(world: World, actor: Actor): Promise<RewoundRow[]> {
  const caller = { uid: actor.uid, deviceId: asDeviceId(`dev-${actor.uid}`) }
  const answer = await pull(world.deps, caller, { protocol: PROTOCOL_VERSION, clientId: null, cursors: {} })
  if (!answer.ok) throw new Error(answer.error.type)
  return answer.value.pages.flatMap(({ rows }) =>
    rows.flatMap(({ record }) => (record?.type === 'initiative' ? [record] : [])),
  )
}

async function changesSince(world: World, actor: Actor, since: string): Promise<readonly RecordChange[]> {
  const caller = { uid: actor.uid, deviceId: asDeviceId(`dev-${actor.uid}`) }
  const answer = await changes(world.deps, caller, changesRequest(since))
  if (!answer.ok || answer.value.next !== null) throw new Error('one page expected')
  return answer.value.changes
}

/** What figures and differences read: no drafts, no empty fields. */
const comparable = (rows: readonly RewoundRow[]) =>
  rows
    .filter(({ stage }) => stage !== 'draft')
    .map(({ id, stage, fields }) => ({
      id: String(id),
      stage,
      fields: Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null)),
    }))
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))

test('[M4-18] the list taken back to any moment is the list of that moment, from the newest and from any older replica', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(act, { minLength: 5, maxLength: 25 }), async (acts) => {
      const world = await openWorld()
      try {
        const leads = [
          await enrol(world, 'lead0', UNITS[0], ['staff', 'lead', 'hq']),
          await enrol(world, 'lead1', UNITS[1], ['staff', 'lead', 'hq']),
        ]
        const reader = await enrol(world, 'reader', 'somu', ['executive'])
        const seen: { at: string; rows: RewoundRow[] }[] = []
        const look = async (): Promise<void> => {
          seen.push({ at: world.deps.now(), rows: await listOf(world, reader) })
        }
        await look()
        for (const each of acts) {
          const actor = leads[each.unit]
          if (actor !== undefined) await commitAs(world.deps, actor, [intended(each)])
          await look()
        }
        for (const [index, past] of seen.entries()) {
          const later = await changesSince(world, reader, past.at)
          for (const replica of seen.slice(index))
            expect(comparable(rewind(replica.rows, later))).toEqual(comparable(past.rows))
        }
      } finally {
        await world.close()
      }
    }),
    { numRuns: 12 },
  )
})
