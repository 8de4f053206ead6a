import type { Role } from '../domain/actor.ts'

/** 役割 as people read them. */
export const roleText: Readonly<Record<Role, string>> = {
  staff: '職員',
  lead: '所長・企画担当者',
  evaluator: '若手管理職（評価者）',
  hq: '本部事務局',
  executive: '本部長・本部員',
  admin: 'システム管理者',
}
