/** The operator's commands: what they refuse, in words that say what to do, and that a refusal changes nothing. */
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { chmod, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, test } from 'vitest'
import { nextEpoch } from '../../../functions/src/epochs.ts'
import { adminCommand, restoreCommand } from '../../../functions/src/ops/commands.ts'
import { databasePath, shareDataDir, takeDataDir } from '../../../functions/src/ops/dataDir.ts'
import { OpsError, opsFailure } from '../../../functions/src/ops/opsError.ts'
import { passwordIn } from '../../support/ownServer.ts'
import {
  NOW,
  UNITS,
  admin,
  at,
  backUp,
  backUpTo,
  refusal,
  restore,
  useOpsData,
  withStorage,
} from '../../support/opsData.ts'
import { inconsistencies } from '../../support/storeConsistency.ts'

useOpsData()

const createAdmin = (email = 'kanri@example.jp'): Promise<string> =>
  admin('create-admin', '--email', email, '--name', '管理 太郎')
const epoch = (): Promise<string | undefined> =>
  withStorage(async (storage) => (await storage.read((tx) => tx.get('meta', 'epoch')))?.value)

describe('admin', () => {
  test('makes the first administrator with a one-time password, and the folder is its owner’s alone', async () => {
    const password = passwordIn(await createAdmin())
    expect(password).toMatch(/^([a-hjkmnp-z2-9]{5}-){3}[a-hjkmnp-z2-9]{5}$/)
    const accounts = await withStorage((storage) =>
      storage.read((tx) => tx.find('accountsByEmail', { value: 'kanri@example.jp' })),
    )
    expect(accounts.map(({ doc }) => doc.mustChange)).toEqual([true])
    expect(JSON.stringify(accounts)).not.toContain(password)
    expect(statSync(at.dataDir).mode & 0o777).toBe(0o700)
  })

  test('new-epoch gives every stream a new one, for a store restored by other means', async () => {
    await createAdmin()
    const before = await epoch()
    expect(await admin('new-epoch')).toContain('新しいエポック')
    expect(await epoch()).not.toBe(before)
    expect(inconsistencies(databasePath(at.dataDir))).toEqual([])
    await admin('new-epoch')
    expect(inconsistencies(databasePath(at.dataDir))).toEqual([])
  })

  test('says what is wrong with the arguments', async () => {
    expect(await refusal(() => admin('new-epoch', '--project', 'p'))).toContain('使い方')
    for (const args of [
      [],
      ['no-such-command'],
      ['create-admin'],
      ['create-admin', '--bogus'],
      ['import-units'],
    ])
      expect(await refusal(() => admin(...args))).toContain('使い方')
    expect(await refusal(() => adminCommand(['create-admin']))).toContain('使い方')
    expect(await refusal(() => createAdmin('アドレスではない'))).toContain('--email')
    await createAdmin()
    expect(await refusal(() => createAdmin('KANRI@example.jp'))).toContain('登録済み')
    expect(await refusal(() => admin('reset-password', '--email', 'x@example.jp'))).toContain(
      '登録されていません',
    )
    const person = ['--email', 'a@example.jp', '--name', '名']
    expect(await refusal(() => admin('create-admin', ...person, '--unit', 'nowhere'))).toContain('nowhere')
    expect(
      await refusal(() => admin('create-account', ...person, '--unit', 'somu', '--roles', 'king')),
    ).toContain('--roles')
  })

  test('a reset gives another password and ends the person’s sessions', async () => {
    const before = passwordIn(await createAdmin())
    const uid = await withStorage(async (storage) => {
      const [account] = await storage.read((tx) => tx.find('accountsByEmail', { value: 'kanri@example.jp' }))
      const session = {
        uid: account?.key ?? '',
        deviceId: 'd',
        publicKey: '',
        currentHash: '',
        previousHash: '',
      }
      await storage.transact(async (tx) =>
        tx.put('sessions', 's', { ...session, rotatedAtMs: 0, expiresAtMs: 0 }),
      )
      return session.uid
    })
    expect(passwordIn(await admin('reset-password', '--email', 'Kanri@example.jp'))).not.toBe(before)
    const sessions = await withStorage((storage) =>
      storage.read((tx) => tx.find('sessionsByUid', { value: uid })),
    )
    expect(sessions).toEqual([])
  })

  test('a units file with errors names every bad line and imports nothing; a good one twice changes nothing', async () => {
    const file = join(at.directory, 'units.csv')
    writeFileSync(
      file,
      'id,name,short_name,kana,kind,parent,source\nnew,新,新,,office,,\nx y,名,名,,office,,\nz,,,,office,,\n',
    )
    const message = await refusal(() => admin('import-units', file))
    expect(message).toContain('3 行目 id')
    expect(message).toContain('4 行目 name')
    expect(await refusal(() => admin('import-units', join(at.directory, 'none.csv')))).toContain('読めません')
    const found = await withStorage((storage) => storage.read((tx) => tx.get('records', 'new')))
    expect(found).toBeUndefined()
    expect(await admin('import-units', UNITS)).toContain('0 件')
  })

  test('works beside a running server, and not during a restore', async () => {
    const server = shareDataDir(at.dataDir)
    await createAdmin()
    server()
    const restoring = takeDataDir(at.dataDir)
    expect(await refusal(() => createAdmin('b@example.jp'))).toContain('復元の途中')
    restoring()
  })

  test('does not take over a folder that is something else’s', async () => {
    const folder = join(at.directory, 'documents')
    await mkdir(folder)
    await chmod(folder, 0o755)
    writeFileSync(join(folder, 'letter.txt'), 'private')
    const args = ['--data', folder, 'import-units', UNITS]
    expect(await refusal(() => adminCommand(args))).toContain('別のもの')
    expect(readdirSync(folder)).toEqual(['letter.txt'])
  })
})

describe('backup', () => {
  test('prints what it holds, is its owner’s alone, and replaces nothing unless told', async () => {
    await createAdmin()
    expect(backUp()).toMatch(/記録 49 件、履歴 49 件、利用者 1 人/)
    expect(statSync(at.backup).mode & 0o777).toBe(0o600)
    const bytes = readFileSync(at.backup)
    expect(await refusal(() => backUp())).toContain('--force')
    expect(readFileSync(at.backup).equals(bytes)).toBe(true)
    expect(backUp('--force')).toContain('バックアップしました')
    expect(readdirSync(at.directory).sort()).toEqual(['backup.sqlite', 'data'])
  })

  test('says what is wrong with the arguments', async () => {
    expect(await refusal(() => backUpTo())).toContain('使い方')
    expect(await refusal(() => backUpTo('--data', at.dataDir))).toContain('使い方')
    expect(await refusal(() => backUpTo('--data', at.dataDir, 'a', 'b'))).toContain('使い方')
    expect(await refusal(() => backUpTo('--data', at.directory, at.backup))).toContain('データがありません')
    const nowhere = join(at.directory, 'no/such/folder/b.sqlite')
    expect(await refusal(() => backUpTo('--data', at.dataDir, nowhere))).toContain('フォルダー')
  })

  test('of a damaged database is refused and leaves no file', async () => {
    damage(databasePath(at.dataDir))
    expect(await refusal(() => backUp())).toMatch(/malformed|壊れて/)
    expect(readdirSync(at.directory)).toEqual(['data'])
  })
})

describe('restore', () => {
  test('brings the backup back under a new epoch, and keeps what was there aside', async () => {
    const first = await epoch()
    backUp()
    await createAdmin()
    const printed = restore()
    expect(printed).toContain('kaizencho-20261120-180302.sqlite')
    const second = await epoch()
    expect(printed).toContain(`${second ?? ''}-`)
    expect(second).not.toBe(first)
    restore()
    restore()
    expect(
      readdirSync(at.dataDir)
        .filter((name) => name.startsWith('kaizencho-'))
        .sort(),
    ).toEqual([
      'kaizencho-20261120-180302-1.sqlite',
      'kaizencho-20261120-180302-2.sqlite',
      'kaizencho-20261120-180302.sqlite',
    ])
    const aside = new DatabaseSync(join(at.dataDir, 'kaizencho-20261120-180302.sqlite'), { readOnly: true })
    expect(aside.prepare('SELECT count(*) AS n FROM accounts').get()?.['n']).toBe(1)
    aside.close()
    const epochs = await withStorage((storage) => storage.read((tx) => tx.get('meta', 'epochs')))
    const seen: unknown = JSON.parse(epochs?.value ?? '')
    expect(Array.isArray(seen) && new Set(seen).size).toBe(4)
  })

  test('never uses an epoch twice, whatever the clock says', () => {
    const nowMs = Date.UTC(2026, 10, 20)
    const [a, b] = [nextEpoch([], nowMs), nextEpoch([nextEpoch([], nowMs)], nowMs)]
    expect(Number.parseInt(b, 36)).toBe(Number.parseInt(a, 36) + 1)
    expect(nextEpoch([b, a], nowMs - 1e9)).toBe(nextEpoch([b], nowMs))
    expect(nextEpoch([b], nowMs + 60_000)).toBe(nextEpoch([], nowMs + 60_000))
  })

  test('names the people the backup does not know; with the same id they are back', async () => {
    backUp()
    await createAdmin()
    const hint = /--email kanri@example\.jp --uid (\S+)/.exec(restore())
    expect(hint).not.toBeNull()
    const email = 'kanri@example.jp'
    const person = ['--email', email, '--name', '管理 太郎', '--unit', 'somu', '--roles', 'admin']
    await admin('create-account', ...person, '--uid', hint?.[1] ?? '')
    const account = await withStorage((storage) => storage.read((tx) => tx.get('accounts', hint?.[1] ?? '')))
    expect(account?.email).toBe(email)
  })

  test('people stay signed in as they are now, on tablets the backup knows', async () => {
    await createAdmin()
    const session = (uid: string, deviceId: string, currentHash: string) => ({
      ...{ uid, deviceId, publicKey: '', currentHash, previousHash: '', rotatedAtMs: 0, expiresAtMs: 0 },
    })
    const uid = await withStorage(async (storage) => {
      const [account] = await storage.read((tx) => tx.find('accountsByEmail', { value: 'kanri@example.jp' }))
      const id = account?.key ?? ''
      await storage.transact(async (tx) => {
        tx.put('meta', 'tokenSecret', { value: 'secret' })
        tx.put('sessions', 'goesOn', session(id, 'somu', 'old'))
        tx.put('sessions', 'ended', session(id, 'somu', 'old'))
      })
      return id
    })
    backUp()
    await withStorage((storage) =>
      storage.transact(async (tx) => {
        tx.put('sessions', 'goesOn', session(uid, 'somu', 'new'))
        tx.remove('sessions', 'ended')
        tx.put('sessions', 'newTablet', session(uid, 'unknown-tablet', 'new'))
      }),
    )
    restore()
    const found = await withStorage((storage) =>
      storage.read((tx) => tx.find('sessionsByUid', { value: uid })),
    )
    // Any record stands for the tablet's here.
    expect(found.map(({ key, doc }) => [key, doc.currentHash])).toEqual([['goesOn', 'new']])
  })

  test.each([
    ['no file', async () => undefined, 'ありません'],
    ['an empty file', async () => writeFileSync(at.backup, ''), '改善帳のデータではありません'],
    ['some other file', async () => writeFileSync(at.backup, 'x'.repeat(9000)), '読めません'],
    ['a damaged backup', async () => (backUp(), damage(at.backup)), '壊れて|malformed'],
    ['a backup cut short', async () => (backUp(), cutShort(at.backup)), '壊れて|malformed|読めません'],
    ['a newer version’s', async () => (backUp(), setVersion(at.backup)), '新しい版'],
  ])('is refused for %s, and changes nothing', async (_what, prepare, message) => {
    const before = await epoch()
    await prepare()
    expect(await refusal(() => restore())).toMatch(new RegExp(message))
    expect(await epoch()).toBe(before)
    expect(readdirSync(at.dataDir).filter((name) => /-\d|restoring/.test(name))).toEqual([])
  })

  test('says what is wrong with the arguments', async () => {
    expect(await refusal(() => restoreCommand([], NOW))).toContain('使い方')
    expect(await refusal(() => restoreCommand(['--data', at.dataDir], NOW))).toContain('使い方')
    expect(await refusal(() => restore(databasePath(at.dataDir)))).toContain('同じ')
  })

  test('is refused while anything uses the data', async () => {
    backUp()
    const before = await epoch()
    const server = shareDataDir(at.dataDir)
    expect(await refusal(() => restore())).toContain('サーバーを止めて')
    server()
    expect(await epoch()).toBe(before)
    restore()
    expect(await epoch()).not.toBe(before)
  })

  test('replaces a database that is beyond reading, and makes a folder that is not there', async () => {
    backUp()
    writeFileSync(databasePath(at.dataDir), 'nothing but rubbish '.repeat(500))
    expect(restore()).toContain('前のデータ:')
    expect(await epoch()).toBeDefined()
    const elsewhere = join(at.directory, 'elsewhere')
    expect(restoreCommand(['--data', elsewhere, at.backup], NOW)).toContain('前のデータはありませんでした')
    expect(existsSync(databasePath(elsewhere))).toBe(true)
  })
})

test('a bug is printed whole, an operator’s mistake as what to do', () => {
  expect(opsFailure(new OpsError('こうしてください'))).toBe('こうしてください')
  expect(opsFailure(new Error('bug'))).toContain('ops.test')
})

/** Overwrites pages in the middle, as a failing disk does. */
function damage(path: string): void {
  const bytes = readFileSync(path)
  bytes.fill(0x5a, 4096, bytes.length - 4096)
  writeFileSync(path, bytes)
}

function cutShort(path: string): void {
  const bytes = readFileSync(path)
  writeFileSync(path, bytes.subarray(0, Math.floor(bytes.length / 2)))
}

function setVersion(path: string): void {
  const database = new DatabaseSync(path)
  database.exec('PRAGMA user_version = 99')
  database.close()
}
