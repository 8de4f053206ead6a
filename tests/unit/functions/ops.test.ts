/** The operator's commands: what they refuse, in words that say what to do, and that a refusal changes nothing. */
import { readdirSync, statSync, writeFileSync } from 'node:fs'
import { chmod, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { embeddedAccounts } from '../../../functions/src/identity/accountAdmin.ts'
import { adminCommand } from '../../../functions/src/ops/commands.ts'
import { databasePath, shareDataDir, takeDataDir } from '../../../functions/src/ops/dataDir.ts'
import { OpsError, opsFailure } from '../../../functions/src/ops/opsError.ts'
import { asUid } from '../../../src/domain/ids.ts'
import {
  UNITS,
  admin,
  at,
  createAdmin,
  epoch,
  refusal,
  useOpsData,
  withStorage,
} from '../../support/opsData.ts'
import { passwordIn } from '../../support/ownServer.ts'
import { inconsistencies } from '../../support/storeConsistency.ts'

useOpsData()

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

  test('an e-mail whose account is there already makes no member, and the words say how to register its person', async () => {
    const { email, uid } = { email: 'modoru@example.jp', uid: asUid('before-the-restore') }
    await withStorage((storage) => embeddedAccounts({ storage }).create({ uid, email, password: 'x' }))
    const person = ['--email', email, '--name', '復元 花子', '--unit', 'somu', '--roles', 'staff']
    const create = (...more: string[]): Promise<string> => admin('create-account', ...person, ...more)
    expect(await refusal(() => create())).toContain(`--uid ${uid}`)
    const members = await withStorage((storage) =>
      storage.read((tx) => tx.find('recordsByType', { value: 'member' })),
    )
    expect(members).toEqual([])
    passwordIn(await create('--uid', uid))
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

test('a bug is printed whole, an operator’s mistake as what to do', () => {
  expect(opsFailure(new OpsError('こうしてください'))).toBe('こうしてください')
  expect(opsFailure(new Error('bug'))).toContain('ops.test')
})
