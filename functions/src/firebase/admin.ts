/** `npm run admin:firebase`: units and the first administrator of a Firebase project, before anyone can sign in. */
import { randomBytes } from 'node:crypto'
import { parseArgs } from 'node:util'
import * as v from 'valibot'
import { deleteApp, initializeApp } from 'firebase-admin/app'
import { getAuth } from 'firebase-admin/auth'
import { getFirestore } from 'firebase-admin/firestore'
import { createAccountRequestSchema } from '../../../src/domain/accounts.ts'
import { type Uid, asUid, uuidv7 } from '../../../src/domain/ids.ts'
import { textOf } from '../../../src/domain/record.ts'
import { memberType } from '../../../src/domain/types/member.ts'
import { SYSTEM, commitAs } from '../commit.ts'
import type { Deps } from '../handlers/context.ts'
import type { AccountAdmin } from '../identity/accountAdmin.ts'
import { memberIntention } from '../identity/accounts.ts'
import { oneTimePassword } from '../identity/oneTimePassword.ts'
import { initialiseStore } from '../initialise.ts'
import { importUnitsFile } from '../ops/admin.ts'
import { OpsError } from '../ops/opsError.ts'
import { openFirestoreStorage } from '../storage/firestore.ts'
import { firebaseAccounts } from './accounts.ts'
import { firebaseDeps } from './backend.ts'

const USAGE = `使い方:
  npm run admin:firebase -- --project プロジェクトid import-units ファイル.csv
  npm run admin:firebase -- --project プロジェクトid create-admin --email アドレス --name 氏名 [--unit 部所id]`

/** Unit of the first administrator unless told: 総務部. */
const ADMIN_UNIT = 'somu'

interface AdminDeps extends Deps {
  readonly accounts: AccountAdmin
}

/** Runs one command with the credentials of the shell; what it answers is to be printed. Throws OpsError. */
export async function firebaseAdminCommand(args: readonly string[]): Promise<string> {
  const { values, positionals } = parsed(args)
  if (values.project === undefined) throw new OpsError(USAGE)
  const app = initializeApp({ projectId: values.project })
  const storage = openFirestoreStorage({ firestore: getFirestore(app) })
  try {
    await initialiseStore(storage, Date.now())
    const deps = { ...firebaseDeps(storage), accounts: firebaseAccounts(getAuth(app)) }
    const [command, file] = positionals
    if (command === 'import-units' && file !== undefined)
      return `部所を取り込みました: ${await importUnitsFile(deps, file)} 件`
    if (command === 'create-admin' && positionals.length === 1) {
      const { email = '', name = '', unit } = values
      const password = await createAdministrator(deps, { email, name, unit })
      return `登録しました: ${email}\n一度だけ使うパスワード: ${password}\nログインしたら、設定から変更してください。`
    }
    throw new OpsError(USAGE)
  } finally {
    await storage.close()
    await deleteApp(app)
  }
}

/** Registers an administrator and answers a one-time password. A repeat renews the password. Throws OpsError. */
export async function createAdministrator(
  deps: AdminDeps,
  person: { readonly email: string; readonly name: string; readonly unit?: string | undefined },
): Promise<string> {
  const checked = v.safeParse(createAccountRequestSchema, {
    ...person,
    unit: person.unit ?? ADMIN_UNIT,
    roles: ['admin'],
  })
  if (!checked.success) {
    const field = String(checked.issues[0].path?.[0]?.key ?? '')
    throw new OpsError(`--${field} の値を使えません。\n${USAGE}`)
  }
  const { email } = checked.output
  const uid = (await memberWith(deps, email)) ?? (await newMember(deps, checked.output))
  const password = oneTimePassword()
  const made = await deps.accounts.create({ uid, email, password })
  if (!made.ok) throw new OpsError(`${email} は Firebase で別の利用者が使っています。`)
  return password
}

async function newMember(deps: Deps, person: v.InferOutput<typeof createAccountRequestSchema>): Promise<Uid> {
  const at = deps.now()
  const uid = asUid(uuidv7(Date.parse(at), randomBytes(10)))
  const committed = await commitAs(deps, SYSTEM, [memberIntention({ uid, ...person }, at)])
  if (!committed.ok) throw new OpsError(`登録できませんでした（${committed.error.type}）。`)
  return uid
}

/** The administrator who has the e-mail; another member is not made one from here. */
async function memberWith(deps: Deps, email: string): Promise<Uid | undefined> {
  const members = await deps.storage.read((tx) => tx.find('recordsByType', { value: memberType.name }))
  const found = members.find(({ doc }) => textOf(doc.record, 'email') === email)?.doc.record
  if (found === undefined) return undefined
  const roles = found.fields['roles']
  if (found.stage === 'active' && Array.isArray(roles) && roles.includes('admin')) return asUid(found.id)
  throw new OpsError(`${email} は登録済みです。役割は職員の画面で変えてください。`)
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        project: { type: 'string' },
        email: { type: 'string' },
        name: { type: 'string' },
        unit: { type: 'string' },
      },
    })
  } catch {
    throw new OpsError(USAGE)
  }
}
