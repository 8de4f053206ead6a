import type { Role } from '../domain/actor.ts'
import type { Json } from '../domain/json.ts'

/** 役割 as people read them. */
export const roleText: Readonly<Record<Role, string>> = {
  staff: '事業所職員',
  lead: '所長・企画担当者',
  evaluator: '若手管理職（評価者）',
  hq: '本部事務局',
  executive: '本部長・本部員',
  admin: 'システム管理者',
}

/** What a role is good for, in a sentence. */
export const roleHelp: Readonly<Record<Role, string>> = {
  staff: '自分の部所の取組を記録し、経過と写真を付けます。',
  lead: '自分の部所の取組を提出し、本部のフィードバックに回答します。',
  evaluator: '職員提案を評価します。提案した人の名前は見えません。',
  hq: '局の取組を読み、フィードバック・差戻し・集計・公表をします。職員と部所を管理します。',
  executive: '局の取組を読みます。書きかえません。',
  admin: '職員と部所を管理します。システム管理者を任命できるのは、システム管理者だけです。',
}

/** Roles of a record as stored; what is no role is left out. */
export function rolesText(value: Json): string {
  const roles: readonly Json[] = Array.isArray(value) ? value : []
  return Object.entries(roleText)
    .filter(([role]) => roles.includes(role))
    .map(([, text]) => text)
    .join('、')
}
