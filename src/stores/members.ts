/** 職員 for headquarters: the list, edits as ordinary records, accounts through the server. */
import { defineStore } from 'pinia'
import { shallowReadonly, shallowRef, watch } from 'vue'
import * as v from 'valibot'
import { type Role, roleSchema } from '../domain/actor.ts'
import { type Uid, asUid } from '../domain/ids.ts'
import { type StoredRecord, listOf, textOf } from '../domain/record.ts'
import { type Result, err } from '../domain/result.ts'
import { searchKeys } from '../domain/search.ts'
import type { AccountError, NewMember } from '../sync/peoplePorts.ts'
import type { OutboxEntry, SaveError } from '../sync/ports.ts'
import { changesBetween } from './changes.ts'
import { useRecords } from './records.ts'
import { useSession } from './session.ts'
import { useUnits } from './units.ts'

export interface MemberItem {
  readonly uid: Uid
  readonly name: string
  readonly email: string
  readonly unit: string
  readonly roles: readonly Role[]
  readonly active: boolean
  readonly search: string
  readonly record: StoredRecord
}

const rolesSchema = v.fallback(v.array(roleSchema), [])

export const useMembers = defineStore('members', () => {
  const session = useSession()
  const records = useRecords()
  const units = useUnits()
  const items = shallowRef<readonly MemberItem[]>([])
  const loaded = shallowRef(false)

  async function load(): Promise<void> {
    const found = await Promise.all(
      ['active', 'disabled'].map((stage) => records.where('member', 'stage', stage)),
    )
    items.value = found
      .flat()
      .map(({ record }) => itemOf(record))
      .sort((a, b) => units.orderOf(a.unit) - units.orderOf(b.unit) || (a.name < b.name ? -1 : 1))
    loaded.value = true
  }

  function itemOf(record: StoredRecord): MemberItem {
    const [name, email, unit] = [textOf(record, 'name'), textOf(record, 'email'), textOf(record, 'unit')]
    return {
      uid: asUid(record.id),
      name,
      email,
      unit,
      roles: v.parse(rolesSchema, listOf(record, 'roles')),
      active: record.stage === 'active',
      search: searchKeys([name, email, units.nameOf(unit)]),
      record,
    }
  }

  watch(
    () => [records.loaded, records.lastChange, session.workplace] as const,
    () => {
      if (records.loaded && session.has('hq', 'admin')) void load()
    },
    { immediate: true },
  )

  /** Saves name, unit and roles. */
  async function edit(
    member: MemberItem,
    values: { name: string; unit: string; roles: readonly Role[] },
  ): Promise<Result<OutboxEntry, SaveError>> {
    const set = changesBetween(member.record.fields, { ...values, roles: [...values.roles] })
    return records.save({ type: 'member', op: 'edit', id: member.record.id, stage: member.record.stage, set })
  }

  const offline = err({ type: 'offline' } as const)

  async function create(member: NewMember): Promise<Result<{ readonly password: string }, AccountError>> {
    const made = (await session.workplace?.accounts.create(member)) ?? offline
    if (made.ok) void session.workplace?.sync.now()
    return made
  }

  async function resetPassword(uid: Uid): Promise<Result<{ readonly password: string }, AccountError>> {
    return (await session.workplace?.accounts.resetPassword(uid)) ?? offline
  }

  async function setDisabled(uid: Uid, disabled: boolean): Promise<Result<void, AccountError>> {
    const done = (await session.workplace?.accounts.setDisabled(uid, disabled)) ?? offline
    if (done.ok) void session.workplace?.sync.now()
    return done
  }

  return {
    items: shallowReadonly(items),
    loaded: shallowReadonly(loaded),
    edit,
    create,
    resetPassword,
    setDisabled,
  }
})
