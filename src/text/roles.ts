import type { Role } from '../domain/actor.ts'
import type { Json } from '../domain/json.ts'

/** 役割 as people read them. */
export const roleText: Readonly<Record<Role, string>> = {
  staff: '職員',
  lead: '所長・企画担当者',
  evaluator: '若手管理職（評価者）',
  hq: '本部事務局',
  executive: '本部長・本部員',
  admin: 'システム管理者',
}

/** Roles of a record as stored; what is no role is left out. */
export function rolesText(value: Json): string {
  const roles: readonly Json[] = Array.isArray(value) ? value : []
  return Object.entries(roleText)
    .filter(([role]) => roles.includes(role))
    .map(([, text]) => text)
    .join('、')
}
