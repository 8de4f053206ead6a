/** The operator's backup and restore: what they keep, what they refuse, and that a refusal changes nothing. */
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, test } from 'vitest'
import { nextEpoch } from '../../../functions/src/epochs.ts'
import { restoreCommand } from '../../../functions/src/ops/commands.ts'
import { databasePath, shareDataDir } from '../../../functions/src/ops/dataDir.ts'
import {
  NOW,
  admin,
  at,
  backUp,
  backUpTo,
  createAdmin,
  epoch,
  refusal,
  restore,
  useOpsData,
  withStorage,
} from '../../support/opsData.ts'

useOpsData()

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
