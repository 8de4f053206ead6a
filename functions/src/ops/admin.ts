/** `npm run admin`: what has to be done before anyone can sign in, and when nobody can. Works while the server runs or not. */
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import * as v from 'valibot'
import { createAccountRequestSchema } from '../../../src/domain/accounts.ts'
import type { Role } from '../../../src/domain/actor.ts'
import { asUid, uuidv7 } from '../../../src/domain/ids.ts'
import { type ImportError, importUnits } from '../../../src/domain/importing.ts'
import { type StoredRecord, textOf } from '../../../src/domain/record.ts'
import { readCsv } from '../../../src/domain/csv.ts'
import { SYSTEM, commitAs } from '../commit.ts'
import type { AccountDeps } from '../handlers/accounts.ts'
import type { Deps } from '../handlers/context.ts'
import { memberIntention } from '../identity/accounts.ts'
import { oneTimePassword } from '../identity/oneTimePassword.ts'
import { OpsError } from './opsError.ts'

/** A person to be registered from the command line. */
export interface NewPerson {
  readonly email: string
  readonly name: string
  readonly unit: string
  readonly roles: readonly Role[]
  /** The id they had before, after a restore that lost them; a new one when left out. */
  readonly uid?: string
}

const IMPORT_ERRORS: Readonly<Record<ImportError['type'], string>> = {
  malformedRow: '列の数が見出しと合いません',
  missingValue: '値がありません',
  invalidValue: '値が正しくありません',
  duplicate: '同じ id が二度あります',
  unknownUnit: '部所がありません',
  ambiguousUnit: '部所が一つに決まりません',
}

/** Registers a person and answers a one-time password. Throws OpsError. */
export async function createPerson(deps: AccountDeps, { uid, ...person }: NewPerson): Promise<string> {
  const checked = v.safeParse(createAccountRequestSchema, person)
  if (!checked.success) {
    const field = String(checked.issues[0].path?.[0]?.key ?? '')
    throw new OpsError(`--${field} の値を使えません。メールアドレス、氏名、部所 id、役割を確かめてください。`)
  }
  const { email, name, unit, roles } = checked.output
  const units = await recordsOfType(deps, 'unit')
  if (units.length > 0 && !units.some(({ id, stage }) => String(id) === unit && stage === 'active'))
    throw new OpsError(`部所 ${unit} がありません。--unit に部所 id を指定してください。`)
  const id = asUid(uid ?? uuidv7(Date.parse(deps.now()), randomBytes(10)))
  const known = await memberOf(deps, email)
  const taken = `${email} は登録済みです。パスワードを忘れたときは reset-password を使ってください。`
  if (known !== undefined) throw new OpsError(taken)
  // Looked up before anything is written: a member whose account cannot be made would stay on the list for good.
  const holder = await deps.accounts.holderOf(email)
  if (holder !== undefined && holder !== id)
    throw new OpsError(
      `${email} のアカウントがすでにあります。復元で職員の登録だけが失われたときは、--uid ${holder} を付けて登録し直してください。`,
    )
  const committed = await commitAs(deps, SYSTEM, [
    memberIntention({ uid: id, email, name, unit, roles }, deps.now()),
  ])
  if (!committed.ok)
    throw new OpsError(`登録できませんでした（${committed.error.type}）。入力を確かめてください。`)
  const password = oneTimePassword()
  const made = await deps.accounts.create({ uid: id, email, password })
  if (!made.ok) throw new OpsError(taken)
  return password
}

/** Answers a new one-time password and ends the person's sessions. Throws OpsError. */
export async function renewPassword(deps: AccountDeps, email: string): Promise<string> {
  const member = await memberOf(deps, email.trim().toLowerCase())
  if (member === undefined) throw new OpsError(`${email} は登録されていません。綴りを確かめてください。`)
  const uid = asUid(member.id)
  const password = oneTimePassword()
  const made = await deps.accounts.create({ uid, email: textOf(member, 'email'), password })
  if (!made.ok) throw new OpsError(`${email} は、別の利用者が使っています。`)
  await deps.accounts.setPassword(uid, password)
  return password
}

async function memberOf(deps: Deps, email: string): Promise<StoredRecord | undefined> {
  return (await recordsOfType(deps, 'member')).find((member) => textOf(member, 'email') === email)
}

/** Imports units from a CSV, all or none; answers how many rows were new or changed. Throws OpsError with every bad row. */
export async function importUnitsFile(deps: Deps, file: string): Promise<number> {
  const csv = readCsv(readText(file))
  const existing = new Map((await recordsOfType(deps, 'unit')).map((unit) => [String(unit.id), unit]))
  const plan = importUnits({ rows: csv.rows, existing, at: deps.now() })
  const errors = [...csv.errors, ...plan.errors]
  if (csv.rows.length === 0 || errors.length > 0) {
    const lines = errors.map(
      ({ line, type, column, value }) =>
        `  ${line} 行目${column === undefined ? '' : ` ${column}`}: ${IMPORT_ERRORS[type]}${value === undefined || value === '' ? '' : `「${value}」`}`,
    )
    throw new OpsError(
      [
        `${file} は取り込めません。何も変更していません。`,
        ...(lines.length > 0 ? lines : ['  行がありません。']),
      ].join('\n'),
    )
  }
  const committed = await commitAs(deps, SYSTEM, plan.intentions)
  if (!committed.ok)
    throw new OpsError(`取り込めませんでした（${committed.error.type}）。何も変更していません。`)
  return plan.intentions.length
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    throw new OpsError(`${file} を読めません。ファイルの場所を確かめてください。`)
  }
}

async function recordsOfType(deps: Deps, type: string): Promise<StoredRecord[]> {
  const found = await deps.storage.read((tx) => tx.find('recordsByType', { value: type }))
  return found.map(({ doc }) => doc.record)
}
