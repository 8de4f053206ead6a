/** Backup and restore of photos. */
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { asRecordId, asUid } from '../../../src/domain/ids.ts'
import { EVERY_FIELD } from '../../../src/domain/purgeMark.ts'
import { NOW, at, backUp, refusal, restore, useOpsData, withStorage } from '../../support/opsData.ts'

useOpsData()

const shaOf = (text: string): string => createHash('sha256').update(text).digest('hex')
const held = (root: string, id: string, text: string): string =>
  join(root, 'photos', id, `${shaOf(text)}.jpg`)
const inData = (id: string, text = id): string => held(join(at.dataDir, 'blobs'), id, text)
const inBackup = (id: string, text = id): string => held(at.directory, id, text)

async function bytesArrive(id: string, text: string): Promise<void> {
  await mkdir(dirname(inData(id, text)), { recursive: true })
  writeFileSync(inData(id, text), text)
}
const putRecord = (id: string, sha256: Record<string, string>, destroyed = false): Promise<void> => {
  const [uid, createdAt] = [asUid('u'), NOW.toISOString()]
  const record = {
    ...{ type: 'photo', id: asRecordId(id), rev: 1, stage: 'posted', receiptNo: null, fields: sha256 },
    ...{ createdBy: uid, createdAt, updatedBy: uid, updatedAt: createdAt, removed: destroyed },
  }
  const mark = destroyed ? { purged: { [EVERY_FIELD]: 1 } } : {}
  return withStorage((storage) =>
    storage.transact(async (tx) =>
      tx.put('records', id, { type: 'photo', parent: 'row', changes: 1, record, ...mark }),
    ),
  )
}
/** A photo as the server has it: its record, and its bytes, of which its id is the text. */
async function takePhoto(id: string): Promise<void> {
  await bytesArrive(id, id)
  await putRecord(id, { sha256: shaOf(id) })
}
/** As [S18] leaves it. */
async function destroyPhoto(id: string): Promise<void> {
  await putRecord(id, {}, true)
  rmSync(dirname(inData(id)), { recursive: true, force: true })
}

test('are copied once for all backups of a folder, and come back on another machine', async () => {
  await takePhoto('a')
  expect(backUp()).toContain('写真のファイル 1（写したもの 1、')
  await takePhoto('b')
  const old = new Date(NOW.getTime() - 25 * 60 * 60 * 1000)
  utimesSync(inBackup('a'), old, old)
  expect(backUp('--force')).toContain('写真のファイル 2（写したもの 1、')
  // What a backup names never grows old.
  expect(statSync(inBackup('a')).mtime).toEqual(NOW)
  expect(statSync(inBackup('a')).mode & 0o777).toBe(0o600)

  at.dataDir = join(at.directory, 'elsewhere')
  expect(restore()).toContain('写真のファイル 2（写したもの 2、まだ届いていないか、失われたもの 0）')
  expect(readFileSync(inData('b'), 'utf8')).toBe('b')
  expect(statSync(dirname(inData('b'))).mode & 0o777).toBe(0o700)
})

test('thumbnails, and photos that are kept aside, are photos too', async () => {
  await bytesArrive('a', 'picture')
  await bytesArrive('a', 'thumbnail')
  await putRecord('a', { sha256: shaOf('picture'), thumbSha256: shaOf('thumbnail') })
  await bytesArrive('aside', 'aside')
  const set = { sha256: { from: null, to: shaOf('aside') } }
  const aside = { uid: 'u', deviceId: 'd', clientId: 'c', mid: 1, recordId: 'aside', parentId: 'row' }
  await withStorage((storage) =>
    storage.transact(async (tx) =>
      tx.put('parked', 'c|1', {
        ...{ ...aside, mutation: { type: 'photo', id: 'aside', set } },
        ...{ reason: null, parkedAt: NOW.toISOString(), waitingFor: '', held: 'quarantine' },
      }),
    ),
  )
  backUp()
  at.dataDir = join(at.directory, 'elsewhere')
  restore()
  for (const file of [inData('a', 'picture'), inData('a', 'thumbnail'), inData('aside')])
    expect(existsSync(file)).toBe(true)
})

test('a copy that the data has lost or damaged stays, is dated, and mends the data', async () => {
  await takePhoto('lost')
  await takePhoto('damaged')
  backUp()
  const old = new Date(2026, 0, 1)
  utimesSync(inBackup('lost'), old, old)
  rmSync(inData('lost'))
  writeFileSync(inData('damaged'), '')
  expect(backUp('--force')).toContain('失われたもの 0')
  expect(statSync(inBackup('lost')).mtime).toEqual(NOW)
  restore()
  expect(readFileSync(inData('lost'), 'utf8')).toBe('lost')
  expect(readFileSync(inData('damaged'), 'utf8')).toBe('damaged')
})

test('what is nowhere whole is counted, and newer ones of the data stay', async () => {
  await takePhoto('damaged')
  await takePhoto('gone')
  backUp()
  writeFileSync(inBackup('damaged'), 'x')
  rmSync(inBackup('gone'))
  rmSync(join(at.dataDir, 'blobs'), { recursive: true })
  await takePhoto('newer')
  expect(restore()).toContain('写真のファイル 2（写したもの 0、まだ届いていないか、失われたもの 2）')
  expect(existsSync(inData('damaged'))).toBe(false)
  expect(readFileSync(inData('newer'), 'utf8')).toBe('newer')
})

test('[S18] what was destroyed is not copied, comes back from no later backup, and goes where it still lies', async () => {
  await takePhoto('a')
  backUp()
  await destroyPhoto('a')
  backUp('--force')
  expect(existsSync(inBackup('a'))).toBe(true)
  await bytesArrive('a', 'a')
  rmSync(inBackup('a'))
  expect(backUp('--force')).toContain('写真のファイル 0')
  expect(existsSync(inBackup('a'))).toBe(false)
  restore()
  expect(existsSync(inData('a'))).toBe(false)
})

test('one that cannot be copied keeps neither the records nor the others from being backed up', async () => {
  await takePhoto('a')
  await takePhoto('b')
  await mkdir(join(at.directory, 'photos'))
  writeFileSync(join(at.directory, 'photos', 'a'), 'in the way')
  expect(await refusal(() => backUp())).toMatch(/写真のファイル 1 件を写せませんでした（.*--force/)
  expect(existsSync(inBackup('b'))).toBe(true)
  rmSync(join(at.dataDir, 'blobs'), { recursive: true })
  expect(restore()).toContain('写真のファイル 2（写したもの 1、')
})
