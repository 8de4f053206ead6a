/** A saved change that is not in the records yet, in words: what it is, of which record, what it changes. */
import type { Json } from '../domain/json.ts'
import type { Mutation } from '../domain/mutation.ts'
import { parentIdOf, typeOf } from '../domain/types/index.ts'
import { detailText } from './detail.ts'
import { fieldValueText } from './fieldValue.ts'
import { parkedText } from './parked.ts'
import { fieldLabel } from './saveError.ts'

/** Not for people, or said elsewhere. */
const HIDDEN_FIELDS = ['importKey', 'leadUnit', 'unitLabel', 'publicKey', 'sha256', 'thumbSha256']
const OWN_WORDS = ['title', 'text', 'reply', 'name', 'label']

/** 「取組の作成」. */
export function mutationKind({ type, op }: Pick<Mutation, 'type' | 'op'>): string {
  return parkedText.entry(typeOf(type)?.label ?? type, detailText.op[op])
}

/** Its own words, else the title of the record it is about, or that one hangs on; undefined when none is known. */
export function mutationTitle(
  mutation: Mutation,
  titleOf: (recordId: string) => string | undefined,
): string | undefined {
  const own = OWN_WORDS.map((field) => mutation.set[field]?.to)
  const others = [titleOf(mutation.id), titleOf(parentIdOf(mutation) ?? '')]
  const titles = [...own, ...others].filter((title) => typeof title === 'string')
  return titles.find((title) => title.trim() !== '')
}

export interface ChangeLine {
  readonly field: string
  readonly label: string
  readonly from: string
  readonly to: string
  readonly isText: boolean
}

/** Its fields, before and after; those that stay empty are left out. */
export function changeLines(mutation: Mutation, unitName: (unitId: string) => string): ChangeLine[] {
  const type = typeOf(mutation.type)
  const words = (field: string, value: Json): string => fieldValueText(field, value, unitName, mutation.type)
  return Object.entries(mutation.set)
    .filter(([field]) => !HIDDEN_FIELDS.includes(field) && field !== type?.parent?.field)
    .map(([field, { from, to }]) => ({
      field,
      label: fieldLabel(mutation.type, field),
      from: from === null ? '' : words(field, from),
      to: words(field, to),
      isText: type?.fields[field]?.freeText === true,
    }))
    .filter(({ from, to }) => from !== to)
}
