/** Who may hold what, written down once more and independently of the product: (d) of the invariants. */
import type { Caller } from '../../../functions/src/handlers/context.ts'
import type { ReadTx } from '../../../functions/src/storage/storage.ts'
import { PullAnswer } from '../../../functions/src/handlers/pull.ts'
import { type PulledPage, pulledSchema } from '../../../src/domain/patch.ts'
import type { Stream } from '../../../src/domain/actor.ts'
import { type StoredRecord, listOf, textOf } from '../../../src/domain/record.ts'
import * as v from 'valibot'
import { messageOf } from '../../support/pulling.ts'
import { pagesOf } from '../../support/snapshots.ts'

const answerSchema = v.object({
  ok: v.literal(true),
  value: v.pipe(v.instance(PullAnswer), v.transform(messageOf), pulledSchema),
})

interface Reader {
  readonly uid: string
  readonly unit: string
  readonly roles: readonly string[]
}

/** What an answer to a pull gives away that it must not; judged by the members and parents of its snapshot. */
export async function indiscretions(tx: ReadTx, caller: Caller, answer: unknown): Promise<string[]> {
  const told = v.safeParse(answerSchema, answer)
  if (!told.success) return []
  const [member, device] = await tx.getAll('records', [caller.uid, caller.deviceId])
  if (member?.record.stage !== 'active' || device?.record.stage !== 'active')
    return [`${caller.uid} was answered on ${caller.deviceId}, which is not theirs to use any more`]
  const reader = {
    uid: caller.uid,
    unit: textOf(member.record, 'unit'),
    roles: listOf(member.record, 'roles'),
  }
  return givenAway(tx, reader, told.output.value.pages)
}

/** The same of a snapshot's part, which anybody may be sent. */
export async function indiscretionsOfPart(tx: ReadTx, text: string): Promise<string[]> {
  const pages = pagesOf(text).map(({ stream, records }) => ({
    stream,
    rows: records.map((record) => ({ record })),
  }))
  return givenAway(tx, { uid: 'anybody', unit: '', roles: [] }, pages)
}

async function givenAway(
  tx: ReadTx,
  reader: Reader,
  pages: readonly {
    readonly stream: Stream
    readonly rows: readonly (PulledPage['rows'][number] | { readonly record: StoredRecord | null })[]
  }[],
): Promise<string[]> {
  const wrong: string[] = []
  for (const { stream, rows } of pages) {
    for (const row of rows) {
      const kept = 'over' in row ? (await tx.get('rows', `${stream}|${row.id}`))?.record : row.record
      const record = kept ?? null
      if ('over' in row && !Object.keys(row.fields).every((name) => record !== null && shows(record, name)))
        wrong.push(`${reader.uid} was sent fields of ${row.id} that ${stream} does not carry`)
      if (record === null) continue
      const parentId = textOf(record, 'initiative')
      const parent = parentId === '' ? undefined : (await tx.get('records', parentId))?.record
      if (!mayHold(reader, stream, { record, parent }))
        wrong.push(`${reader.uid} was sent ${record.type} ${record.id} (${record.stage}) in ${stream}`)
    }
  }
  return wrong
}

interface Item {
  readonly record: StoredRecord
  readonly parent: StoredRecord | undefined
}

function mayHold(reader: Reader, stream: string, item: Item): boolean {
  const [kind, owner = ''] = stream.split('/')
  const { roles } = reader
  switch (kind) {
    case 'master':
      return inMaster(item)
    case 'user':
      return owner === reader.uid && isTheirs(reader, item)
    case 'unit':
      return (
        owner === reader.unit && (roles.includes('staff') || roles.includes('lead')) && ofUnit(owner, item)
      )
    case 'hq':
      return (roles.includes('hq') || roles.includes('admin')) && forHeadquarters(item)
    case 'shared':
      return isPublic(item)
    default:
      return false
  }
}

const shows = ({ fields }: StoredRecord, name: string): boolean => Object.hasOwn(fields, name)
const unitsOf = (record: StoredRecord): string[] => [
  textOf(record, 'leadUnit'),
  ...listOf(record, 'jointUnits'),
]

function inMaster({ record }: Item): boolean {
  return (
    record.type === 'unit' || (record.type === 'member' && !shows(record, 'email') && !shows(record, 'roles'))
  )
}

function isTheirs({ uid }: Reader, { record }: Item): boolean {
  switch (record.type) {
    case 'member':
      return record.id === uid
    case 'device':
      return textOf(record, 'owner') === uid && !shows(record, 'publicKey')
    case 'conflict':
      return textOf(record, 'by') === uid
    default:
      return false
  }
}

function ofUnit(unit: string, { record, parent }: Item): boolean {
  switch (record.type) {
    case 'initiative':
      return record.stage === 'draft' && unitsOf(record).includes(unit)
    case 'note':
      return parent !== undefined && parent.stage === 'draft' && unitsOf(parent).includes(unit)
    case 'feedback':
      return parent !== undefined && unitsOf(parent).includes(unit)
    case 'conflict':
      return textOf(record, 'unit') === unit
    default:
      return false
  }
}

function forHeadquarters({ record }: Item): boolean {
  return (
    ['member', 'feedback'].includes(record.type) || (record.type === 'device' && !shows(record, 'publicKey'))
  )
}

function isPublic({ record, parent }: Item): boolean {
  if (record.type === 'initiative') return record.stage !== 'draft'
  return record.type === 'note' && parent !== undefined && parent.stage !== 'draft'
}
