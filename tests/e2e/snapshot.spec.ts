/** [S23] A new tablet of a bureau with many rows, in a real browser. */
import { join } from 'node:path'
import { type Page, type Response, expect } from '@playwright/test'
import * as v from 'valibot'
import { SNAPSHOT_MIN_ROWS } from '../../src/domain/snapshot.ts'
import { addRows, titleOf } from '../support/manyRows.ts'
import { type RunningServer, startServer } from '../support/server.ts'
import { tempDir } from '../support/tempDir.ts'
import { openInApp, openKillableTablet, signInWith, syncStatus, test as base } from './support.ts'

const ROWS = 3000
const KAMEIDO = { account: 'labor-kameido@demo.example', password: 'kaizen-demo' }

/** A server with many rows. */
const test = base.extend<{ large: RunningServer }>({
  large: async ({}, use) => {
    const directory = await tempDir()
    const dataDir = join(directory.path, 'data')
    const server = await startServer({ dataDir, demo: true })
    await server.kill()
    await addRows(dataDir, ROWS)
    await server.restart()
    await use(server)
    await server.stop()
    await directory.remove()
  },
})

/** What the API answers from now on, of one path. */
function answersOf(page: Page, path: string): Response[] {
  const answers: Response[] = []
  page.on('response', (answer) => {
    if (new URL(answer.url()).pathname === path) answers.push(answer)
  })
  return answers
}

const askedSchema = v.object({ cursors: v.record(v.string(), v.unknown()) })
const pulledSchema = v.object({ pages: v.array(v.object({ rows: v.array(v.unknown()) })) })

test('[S23] shows how far it is, is killed in the middle, goes on, and ends with every row', async ({
  large,
}) => {
  const tablet = await openKillableTablet()
  // Held back, so that the start does not end before the kill, however fast the machine.
  await tablet.context.route('**/api/pull*', () => undefined)
  const workers: string[] = []
  tablet.page.on('worker', (worker) => workers.push(worker.url()))
  const begun = answersOf(tablet.page, '/api/snapshot')
  await signInWith(tablet.page, large.url, KAMEIDO)
  const progress = /読み込み中 [\d,]+／[\d,]+件/
  await expect(syncStatus(tablet.page)).toHaveText(progress, { timeout: 60_000 })
  await openInApp(tablet.page, '局一覧')
  await expect(tablet.page.getByRole('link', { name: /^取組 第\d+号$/ }).first()).toBeVisible({
    timeout: 60_000,
  })
  await expect(syncStatus(tablet.page)).toHaveText(progress)
  // One worker and one question, though both begin before anybody knows what is held.
  expect(workers.filter((url) => url.includes('snapshotPart.worker'))).toHaveLength(1)
  expect(begun.map((answer) => answer.request().postDataJSON().cursors)).toEqual([{}])
  await tablet.kill()

  const page = await tablet.reopen({ offline: false })
  const [snapshots, pulls] = [answersOf(page, '/api/snapshot'), answersOf(page, '/api/pull')]
  await page.goto(`${large.url}/list`)
  await expect(syncStatus(page)).toHaveText('すべて送信済み', { timeout: 120_000 })
  await page.getByRole('searchbox').fill(titleOf(ROWS))
  await expect(page.getByText(titleOf(ROWS), { exact: true })).toBeVisible()
  expect(page.workers().map((worker) => worker.url())).toEqual([expect.stringContaining('search.worker')])
  // From where it was killed, and not by pulling all of it: a short rest alone is left to the pull.
  const [asked, ...others] = snapshots.map((answer) => v.parse(askedSchema, answer.request().postDataJSON()))
  expect(Object.keys(asked?.cursors ?? {}).join()).toContain('shared/')
  expect(others).toEqual([])
  const pages = await Promise.all(
    pulls.map(async (answer) =>
      v.parse(pulledSchema, await answer.json()).pages.map(({ rows }) => rows.length),
    ),
  )
  expect(pages.flat().reduce((sum, rows) => sum + rows, 0)).toBeLessThan(SNAPSHOT_MIN_ROWS)
  await tablet.dispose()
})
