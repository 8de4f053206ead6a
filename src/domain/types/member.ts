/** 職員 (member): a person with one unit and any number of roles; the record every authorisation reads (M3). */
import * as v from 'valibot'
import { type Actor, hasRole, roleSchema } from '../actor.ts'
import { asUid, unitIdSchema } from '../ids.ts'
import { type RecordType, type Rule, type StoredRecord, listOf, textOf } from '../record.ts'

const keeper: Rule = ({ actor, record }) => hasRole(actor, 'system') || mayManage(actor, record)
/** Headquarters manages members; only an administrator hands out the administrator's role or touches an administrator. */
const roleGiver: Rule = ({ actor, record, value }) =>
  hasRole(actor, 'admin', 'system') ||
  (hasRole(actor, 'hq') &&
    !listOf(record, 'roles').includes('admin') &&
    !(Array.isArray(value) && value.includes('admin')))

export const memberType: RecordType = {
  name: 'member',
  version: 1,
  label: '職員',
  fields: {
    name: {
      label: '氏名',
      schema: v.pipe(v.string(), v.maxLength(60)),
      merge: 'scalar',
      write: keeper,
      required: true,
    },
    email: {
      label: 'メールアドレス',
      schema: v.pipe(v.string(), v.email(), v.maxLength(254)),
      merge: 'scalar',
      write: keeper,
      required: true,
    },
    unit: { label: '部所', schema: unitIdSchema, merge: 'scalar', write: keeper, required: true },
    roles: {
      label: '役割',
      schema: v.pipe(v.array(roleSchema), v.maxLength(6)),
      merge: 'scalar',
      write: roleGiver,
      required: true,
    },
  },
  standingUnits: ['unit'],
  /** Without an administrator nobody could make one. */
  indispensable: (record) =>
    record.stage === 'active' && !record.removed && listOf(record, 'roles').includes('admin'),
  transitions: [
    { from: null, to: 'active', by: roleGiver },
    { from: 'active', to: 'disabled', by: roleGiver },
    { from: 'disabled', to: 'active', by: roleGiver },
  ],
  audienceRank: () => 0,
  /** Everyone sees names; mail and roles stay with headquarters and the person. */
  feeds: (record) => [
    { stream: 'master', omit: ['email', 'roles'] },
    { stream: 'hq' },
    { stream: `user/${record.id}` },
  ],
  facets: (record) => ({ name: textOf(record, 'name'), unit: textOf(record, 'unit'), stage: record.stage }),
  searchText: (record) => [textOf(record, 'name')],
}

/** Headquarters manages everybody, but only an administrator an administrator. */
export function mayManage(actor: Actor, member: StoredRecord): boolean {
  return hasRole(actor, 'admin') || (hasRole(actor, 'hq') && !listOf(member, 'roles').includes('admin'))
}

const actorFieldsSchema = v.object({ unit: unitIdSchema, roles: v.array(roleSchema) })

/** The actor a member is now; undefined when disabled, removed or not readable as one. */
export function actorOf(member: StoredRecord): Actor | undefined {
  const parsed = v.safeParse(actorFieldsSchema, member.fields)
  if (!parsed.success || member.stage !== 'active' || member.removed) return undefined
  return { uid: asUid(member.id), unit: parsed.output.unit, roles: parsed.output.roles }
}
