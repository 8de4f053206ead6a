/** The commands of an own server as typed: arguments in, what to print out. They throw OpsError with the usage. */
import { dirname } from 'node:path'
import { parseArgs } from 'node:util'
import * as v from 'valibot'
import { roleSchema } from '../../../src/domain/actor.ts'
import { embeddedDeps } from '../embedded.ts'
import type { AccountDeps } from '../handlers/accounts.ts'
import { embeddedAccounts } from '../identity/accountAdmin.ts'
import { initialiseStore } from '../initialise.ts'
import { openSqliteStorage } from '../storage/sqlite.ts'
import { type NewPerson, createPerson, importUnitsFile, renewPassword } from './admin.ts'
import { backUp } from './backup.ts'
import { databasePath, prepareDataDir, shareDataDir } from './dataDir.ts'
import { beginNewEpoch } from './newEpoch.ts'
import { OpsError } from './opsError.ts'
import { type PhotosCopied, backedUpPhotos } from './photoFiles.ts'
import { restore } from './restore.ts'
import { describeFacts } from './storeFile.ts'

const BACKUP_USAGE = '使い方: npm run backup -- --data フォルダー 保存先のファイル [--force]'
const RESTORE_USAGE = '使い方: npm run restore -- --data フォルダー バックアップのファイル'
const ADMIN_USAGE = `使い方:
  npm run admin -- --data フォルダー import-units ファイル.csv
  npm run admin -- --data フォルダー create-admin --email アドレス --name 氏名 [--unit 部所id]
  npm run admin -- --data フォルダー create-account --email アドレス --name 氏名 --unit 部所id --roles staff,lead [--uid 前のid]
  npm run admin -- --data フォルダー reset-password --email アドレス
Firebase では --data フォルダー の代わりに --project プロジェクトid。ほかの方法で復元したあとは new-epoch。`

const LOST_ACCOUNTS =
  '  次の利用者はバックアップにありません。npm run admin の create-account で、同じ --uid を付けて登録し直してください。'

/** Files; a photo has two. */
const describePhotos = ({ named, copied, missing }: PhotosCopied): string =>
  `写真のファイル ${named}（写したもの ${copied}、まだ届いていないか、失われたもの ${missing}）`

const failedPhotos = ({ failed, reason }: PhotosCopied): string =>
  `写真のファイル ${failed} 件を写せませんでした（${reason}）。空き容量と読み書きの許可を確かめて、`

/** Unit of the first administrator unless told: 総務部. */
const ADMIN_UNIT = 'somu'

const rolesSchema = v.pipe(
  v.string(),
  v.transform((text) => text.split(',').map((role) => role.trim())),
  v.array(roleSchema),
)

/** `npm run backup -- --data DIR FILE [--force]` */
export function backupCommand(args: readonly string[], now: Date): string {
  const { values, positionals } = parsed(BACKUP_USAGE, () =>
    parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { data: { type: 'string' }, force: { type: 'boolean', default: false } },
    }),
  )
  const file = only(positionals, BACKUP_USAGE)
  const dataDir = given(values.data, BACKUP_USAGE)
  const { facts, photos } = backUp({ dataDir, file, force: values.force, now })
  if (photos.failed > 0)
    throw new OpsError(
      `記録は ${file} に写しましたが、${failedPhotos(photos)}--force を付けてもう一度実行してください。`,
    )
  return [
    `バックアップしました: ${file}`,
    `  ${describeFacts(facts)}`,
    `  ${describePhotos(photos)}`,
    `  写真の場所: ${backedUpPhotos(dirname(file))}`,
  ].join('\n')
}

/** `npm run restore -- --data DIR FILE` */
export function restoreCommand(args: readonly string[], now: Date): string {
  const { values, positionals } = parsed(RESTORE_USAGE, () =>
    parseArgs({ args: [...args], allowPositionals: true, options: { data: { type: 'string' } } }),
  )
  const file = only(positionals, RESTORE_USAGE)
  const dataDir = given(values.data, RESTORE_USAGE)
  const { facts, photos, epoch, keptAside, lostAccounts } = restore({ dataDir, file, now })
  return [
    `復元しました: ${file} → ${dataDir}`,
    `  ${describeFacts(facts)}`,
    `  ${describePhotos(photos)}`,
    ...(photos.failed === 0 ? [] : [`  ${failedPhotos(photos)}もう一度復元してください。`]),
    keptAside === undefined ? '  前のデータはありませんでした。' : `  前のデータ: ${keptAside}`,
    `  受領番号は、これから ${epoch}- で始まります。`,
    ...(lostAccounts.length === 0 ? [] : [LOST_ACCOUNTS]),
    ...lostAccounts.map(({ uid, email }) => `    --email ${email} --uid ${uid}`),
    'サーバーを起動してください。バックアップより後の記録は、各端末が次の同期で自動的に送り直します。',
  ].join('\n')
}

/** `npm run admin -- --data DIR COMMAND …` */
export async function adminCommand(args: readonly string[]): Promise<string> {
  const { values, positionals } = parsed(ADMIN_USAGE, () =>
    parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        data: { type: 'string' },
        project: { type: 'string' },
        email: { type: 'string' },
        name: { type: 'string' },
        unit: { type: 'string' },
        roles: { type: 'string' },
        uid: { type: 'string' },
      },
    }),
  )
  const withStore = storeOf(values)
  const [command = '', ...rest] = positionals
  const email = (): string => given(values.email, ADMIN_USAGE)
  const person = (fixed: Pick<NewPerson, 'unit' | 'roles'>): NewPerson => ({
    ...fixed,
    email: email(),
    name: given(values.name, ADMIN_USAGE),
    ...(values.uid === undefined ? {} : { uid: values.uid }),
  })
  switch (command) {
    case 'import-units': {
      const file = only(rest, ADMIN_USAGE)
      const count = await withStore((deps) => importUnitsFile(deps, file))
      return `部所を取り込みました: 追加・変更 ${count} 件`
    }
    case 'create-admin': {
      const wanted = person({ unit: values.unit ?? ADMIN_UNIT, roles: ['admin'] })
      return passwordText(email(), await withStore((deps) => createPerson(deps, wanted)))
    }
    case 'create-account': {
      const roles = v.safeParse(rolesSchema, values.roles)
      if (!roles.success)
        throw new OpsError(
          `--roles は staff, lead, evaluator, hq, executive, admin から、コンマ区切りで指定してください。`,
        )
      const wanted = person({ unit: given(values.unit, ADMIN_USAGE), roles: roles.output })
      return passwordText(email(), await withStore((deps) => createPerson(deps, wanted)))
    }
    case 'reset-password': {
      const address = email()
      return passwordText(address, await withStore((deps) => renewPassword(deps, address)))
    }
    case 'new-epoch': {
      const epoch = await withStore(({ storage }) => beginNewEpoch(storage, Date.now()))
      return `新しいエポックを始めました。受領番号は、これから ${epoch}- で始まります。各端末が、足りない記録を送り直します。`
    }
    default:
      throw new OpsError(ADMIN_USAGE)
  }
}

function passwordText(email: string, password: string): string {
  return [
    `${email} の1回限りのパスワード: ${password}`,
    '  この表示は一度だけです。本人に直接伝えてください。最初のログインのあと、本人がパスワードを変えます。',
  ].join('\n')
}

type WithStore = <T>(work: (deps: AccountDeps) => Promise<T>) => Promise<T>

/** The store the arguments name: an own server's folder, or a Firebase project. */
function storeOf({ data, project }: { readonly data?: string; readonly project?: string }): WithStore {
  if (project === undefined) return (work) => withFolder(given(data, ADMIN_USAGE), work)
  if (data !== undefined) throw new OpsError(ADMIN_USAGE)
  return async (work) => (await import('./firebaseStore.ts')).withFirebase(project, prepared(work))
}

async function withFolder<T>(dataDir: string, work: (deps: AccountDeps) => Promise<T>): Promise<T> {
  prepareDataDir(dataDir)
  const release = shareDataDir(dataDir)
  try {
    const storage = openSqliteStorage({ path: databasePath(dataDir) })
    const deps = embeddedDeps(storage, ({ error }) => process.stderr.write(`${error}\n`))
    try {
      return await prepared(work)({ ...deps, accounts: embeddedAccounts(deps) })
    } finally {
      await storage.close()
    }
  } finally {
    release()
  }
}

/** The work on a store that has its epoch. */
function prepared<T>(work: (deps: AccountDeps) => Promise<T>): (deps: AccountDeps) => Promise<T> {
  return async (deps) => {
    await initialiseStore(deps.storage, Date.now())
    return work(deps)
  }
}

function parsed<T>(usage: string, parse: () => T): T {
  try {
    return parse()
  } catch (error) {
    if (error instanceof TypeError) throw new OpsError(`${error.message}\n${usage}`)
    throw error
  }
}

function given(value: string | undefined, usage: string): string {
  if (value === undefined || value === '') throw new OpsError(usage)
  return value
}

function only(positionals: readonly string[], usage: string): string {
  const [first, ...more] = positionals
  if (first === undefined || more.length > 0) throw new OpsError(usage)
  return first
}
