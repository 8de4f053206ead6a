/** What people do at their tablets. Each act reads what the tab shows, as a view does, and saves through the real outbox. */
import { type RecordId, asRecordId } from '../../../src/domain/ids.ts'
import type { Json } from '../../../src/domain/json.ts'
import type { Intention } from '../../../src/domain/mutation.ts'
import { type StoredRecord, fieldOf, textOf } from '../../../src/domain/record.ts'
import type { OutboxEntry } from '../../../src/sync/ports.ts'
import { draftValues, intention } from '../../support/world.ts'
import type { Random } from './random.ts'
import { asWrittenBy } from './release.ts'
import type { Seat, Tab } from './seat.ts'

/** A person at one of their tabs. */
export interface Desk {
  readonly seat: Seat
  readonly tab: Tab
  readonly random: Random
  readonly newId: () => string
  /** A sentence nobody has written before. */
  readonly newText: () => string
  /** The tablet has said that it is saved. */
  readonly saved: (entry: OutboxEntry) => void
}

type Values = Readonly<Record<string, Json>>
const LONG_FIELDS = ['background', 'detail', 'goal'] as const
const TEXT_FIELDS = ['title', ...LONG_FIELDS] as const

/** How often people do what, by role. */
const COMMON = {
  create: 10,
  edit: 18,
  openForm: 8,
  saveForm: 10,
  note: 6,
  resolve: 6,
  remove: 2,
  giveUp: 2,
  mend: 2,
}
const BY_ROLE: Readonly<Record<string, Partial<Record<Act, number>>>> = {
  lead: { submit: 9, share: 5, reply: 5, withdraw: 1, progress: 4 },
  hq: { feedback: 20, giveBack: 6, mark: 6 },
  staff: { submit: 1, progress: 8 },
}

const ACTS = {
  create,
  edit,
  openForm,
  saveForm,
  note,
  resolve,
  remove,
  giveUp,
  mend,
  submit,
  share,
  reply,
  withdraw,
  progress,
  feedback,
  giveBack,
  mark,
} as const
type Act = keyof typeof ACTS

/** Does one thing a person of this role may think of. */
export async function act(desk: Desk): Promise<void> {
  const extra = desk.seat.person.roles.map((role) => BY_ROLE[role] ?? {})
  const weights: Readonly<Record<string, number>> = Object.assign({}, COMMON, ...extra)
  const name = desk.random.weighed(weights)
  const found = Object.entries(ACTS).find(([act]) => act === name)
  await found?.[1](desk)
}

/** Saves, and tells the engine as the app does. `at` is what the tablet's clock says. */
async function save({ seat, tab, saved }: Desk, what: Intention): Promise<void> {
  const written = asWrittenBy(tab.release, { ...what, at: seat.clock.iso() })
  const answer = await tab.call('save', () => tab.tablet.outbox.save(written))
  if (!answer.ok) return
  saved(answer.value)
  tab.engine.saved()
}

async function read({ tab }: Desk, id: RecordId): Promise<StoredRecord | undefined> {
  return (await tab.call('read', () => tab.tablet.records.read(id)))?.record
}

async function some(
  desk: Desk,
  type: string,
  ...stages: readonly string[]
): Promise<StoredRecord | undefined> {
  const { tab, random } = desk
  const all = await tab.call('list', () => tab.tablet.records.all())
  const found = all.filter(
    (entry) => entry.type === type && (stages.length === 0 || stages.includes(entry.stage)),
  )
  return found.length === 0 ? undefined : read(desk, random.pick(found).id)
}

function edited(row: StoredRecord, set: Values): Intention {
  const from = Object.fromEntries(
    Object.keys(set).map((name) => [name, name === 'stage' ? row.stage : fieldOf(row, name)]),
  )
  return intention(row.type, 'edit', { id: row.id, stage: row.stage, set, from })
}

/** Puts a new sentence somewhere into a text, mostly in the place of another. */
function rewritten({ random, newText }: Desk, text: string): string {
  const sentences = text.match(/[^。]*。/g) ?? []
  const at = random.below(sentences.length + 1)
  return sentences.toSpliced(at, random.chance(0.7) ? 1 : 0, newText()).join('')
}

async function create(desk: Desk): Promise<void> {
  const { seat, random, newId, newText } = desk
  const submitted = seat.person.roles.includes('lead') && random.chance(0.3)
  const values = {
    ...draftValues(seat.person.unit, newText()),
    background: newText() + newText() + newText(),
    stage: submitted ? 'submitted' : 'draft',
  }
  await save(desk, intention('initiative', 'create', { id: newId(), set: values }))
}

async function edit(desk: Desk): Promise<void> {
  const row = await some(desk, 'initiative')
  if (row === undefined) return
  const fields = desk.random.chance(0.25) ? LONG_FIELDS : [desk.random.pick(TEXT_FIELDS)]
  const set = Object.fromEntries(
    fields.map((field) => [field, field === 'title' ? desk.newText() : rewritten(desk, textOf(row, field))]),
  )
  await save(desk, edited(row, set))
}

async function progress(desk: Desk): Promise<void> {
  const row = await some(desk, 'initiative')
  if (row !== undefined)
    await save(desk, edited(row, { progress: desk.random.pick(['done', 'doing', 'later']) }))
}

/** Opens a form; it is saved some time later, when others may have been there. */
async function openForm(desk: Desk): Promise<void> {
  const row = await some(desk, 'initiative')
  if (row === undefined) return
  const field = desk.random.pick(TEXT_FIELDS)
  desk.seat.forms.push({ id: row.id, stage: row.stage, field, from: textOf(row, field) })
}

async function saveForm(desk: Desk): Promise<void> {
  const form = desk.seat.forms.shift()
  if (form === undefined) return
  const { id, stage, field, from } = form
  const to = field === 'title' ? desk.newText() : rewritten(desk, from)
  const change = { id, stage, set: { [field]: to }, from: { [field]: from === '' ? null : from } }
  await save(desk, intention('initiative', 'edit', change))
}

async function submit(desk: Desk): Promise<void> {
  const row = await some(desk, 'initiative', 'draft', 'returned')
  if (row !== undefined) await save(desk, edited(row, { stage: 'submitted' }))
}

async function withdraw(desk: Desk): Promise<void> {
  const row = await some(desk, 'initiative', 'submitted', 'returned', 'reviewed')
  if (row !== undefined) await save(desk, edited(row, { stage: 'withdrawn' }))
}

/** Another unit becomes joint, or no longer is: what hangs on the row follows. */
async function share(desk: Desk): Promise<void> {
  const row = await some(desk, 'initiative')
  if (row === undefined) return
  const joint = fieldOf(row, 'jointUnits') === null ? [desk.random.pick(['osaki', 'ome'])] : null
  await save(desk, edited(row, { jointUnits: joint }))
}

async function note(desk: Desk): Promise<void> {
  const row = await some(desk, 'initiative')
  if (row === undefined) return
  const set = { stage: 'posted', initiative: row.id, text: desk.newText() }
  await save(desk, intention('note', 'create', { id: desk.newId(), set }))
}

async function resolve(desk: Desk): Promise<void> {
  const conflict = await some(desk, 'conflict', 'open')
  const target = conflict === undefined ? undefined : await read(desk, asRecordId(textOf(conflict, 'target')))
  if (conflict === undefined || target === undefined) return
  const field = textOf(conflict, 'field')
  if (!TEXT_FIELDS.some((each) => each === field)) return
  const [mine, theirs] = [textOf(conflict, 'mine'), textOf(target, field)]
  const to = desk.random.weighed({ mine: 2, theirs: 1, both: 1 })
  const set = { [field]: to === 'mine' ? mine : to === 'theirs' ? theirs : rewritten(desk, mine) }
  const from = { [field]: fieldOf(target, field) }
  const decision = { id: target.id, stage: target.stage, set, from, resolves: conflict.id }
  await save(desk, intention(target.type, 'resolve', decision))
}

async function remove(desk: Desk): Promise<void> {
  const row = await some(desk, 'initiative', 'draft')
  if (row !== undefined)
    await save(desk, intention('initiative', 'remove', { id: row.id, stage: row.stage, set: {} }))
}

async function feedback(desk: Desk): Promise<void> {
  const row = await some(desk, 'initiative')
  if (row === undefined) return
  const set = { stage: 'open', initiative: row.id, kind: 'advice', text: desk.newText() }
  await save(desk, intention('feedback', 'create', { id: desk.newId(), set }))
}

async function reply(desk: Desk): Promise<void> {
  const row = await some(desk, 'feedback', 'open')
  if (row !== undefined) await save(desk, edited(row, { stage: 'answered', reply: desk.newText() }))
}

async function giveBack(desk: Desk): Promise<void> {
  const row = await some(desk, 'initiative', 'submitted')
  if (row !== undefined) await save(desk, edited(row, { stage: 'returned', returnReason: desk.newText() }))
}

async function mark(desk: Desk): Promise<void> {
  const row = await some(desk, 'initiative')
  if (row !== undefined) await save(desk, edited(row, { goodPractice: desk.random.chance(0.5) }))
}

async function someParked({ tab, random }: Desk): Promise<OutboxEntry | undefined> {
  const parked = (await tab.call('list', () => tab.tablet.outbox.unsettled())).filter(
    ({ state }) => state === 'parked',
  )
  return parked.length === 0 ? undefined : random.pick(parked)
}

async function giveUp(desk: Desk): Promise<void> {
  const entry = await someParked(desk)
  if (entry !== undefined) await desk.tab.call('give up', () => desk.tab.tablet.outbox.discardParked(entry.n))
}

/** Saves what was parked once more, as it is, and gives the old one up. */
async function mend(desk: Desk): Promise<void> {
  const entry = await someParked(desk)
  if (entry === undefined) return
  await save(desk, entry.mutation)
  await desk.tab.call('give up', () => desk.tab.tablet.outbox.discardParked(entry.n))
}
