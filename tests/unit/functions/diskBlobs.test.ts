/** The blob store in a folder. */
import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openDiskBlobs } from '../../../functions/src/blobs/diskBlobs.ts'
import { tempDir } from '../../support/tempDir.ts'
import { blobContract } from './blobContract.ts'

blobContract('a folder', async () => {
  const directory = await tempDir()
  const root = join(directory.path, 'photos')
  return { blobs: openDiskBlobs(root), connect: () => openDiskBlobs(root), dispose: directory.remove }
})

test('[S24] files are their owner’s alone; what a killed server left half written is not an object', async () => {
  const directory = await tempDir()
  const blobs = openDiskBlobs(directory.path)
  await blobs.put('a/b', Uint8Array.of(1))
  expect(statSync(join(directory.path, 'a/b')).mode & 0o777).toBe(0o600)
  writeFileSync(join(directory.path, 'a/.partial-0'), 'half')
  expect(await blobs.list('a')).toEqual([{ key: 'a/b', sizeBytes: 1 }])
  mkdirSync(join(directory.path, 'a/taken'))
  await expect(blobs.put('a/taken', Uint8Array.of(1))).rejects.toThrow()
  expect(readdirSync(join(directory.path, 'a')).sort()).toEqual(['.partial-0', 'b', 'taken'])
  await directory.remove()
})
