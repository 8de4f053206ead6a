/** Signing in with Firebase Auth in the Firebase build: what the shared journeys do not touch. */
import { expect } from '@playwright/test'
import { deleteApp, initializeApp } from 'firebase-admin/app'
import { type Auth, getAuth } from 'firebase-admin/auth'
import { firebaseAccounts } from '../../functions/src/firebase/accounts.ts'
import { DEMO_PASSWORD } from '../../functions/src/demo.ts'
import { asUid } from '../../src/domain/ids.ts'
import { openInApp, syncStatus, test as base } from '../e2e/support.ts'

const EMAIL = 'labor-kameido@demo.example'
const UID = asUid('demo-labor-kameido')

const test = base.extend<{ readonly auth: Auth }>({
  auth: async ({}, use) => {
    const app = initializeApp({ projectId: 'demo-kaizencho' }, `spec-${Date.now()}`)
    await use(getAuth(app))
    await deleteApp(app)
  },
})

test('a wrong password is said so; signing out and in again works; Firebase keeps nothing after sign-out', async ({
  page,
  server,
}) => {
  const problems: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error' && /Content Security|Refused/.test(message.text()))
      problems.push(message.text())
  })
  await page.goto(`${server.url}/`)
  await page.getByLabel('メールアドレス', { exact: true }).fill(EMAIL)
  await page.getByLabel('パスワード', { exact: true }).fill('wrong')
  await page.getByRole('button', { name: 'ログイン', exact: true }).click()
  await expect(page.getByText('メールアドレスかパスワードが違います。')).toBeVisible()
  await expect(page.getByRole('button', { name: '庁内アカウントでログイン' })).toHaveCount(0)

  await page.getByLabel('パスワード', { exact: true }).fill(DEMO_PASSWORD)
  await page.getByRole('button', { name: 'ログイン', exact: true }).click()
  await expect(syncStatus(page)).toHaveText('すべて送信済み')
  await openInApp(page, '設定')
  await page.getByRole('button', { name: 'ログアウト' }).click()
  await expect(page.getByRole('button', { name: 'ログイン', exact: true })).toBeVisible()
  const kept = await page.evaluate(async () => {
    const opening = indexedDB.open('firebaseLocalStorageDb')
    const db = await new Promise<IDBDatabase>(
      (resolve) => (opening.onsuccess = () => resolve(opening.result)),
    )
    const keys = db.transaction('firebaseLocalStorage').objectStore('firebaseLocalStorage').getAllKeys()
    return new Promise<string[]>((resolve) => (keys.onsuccess = () => resolve(keys.result.map(String))))
  })
  expect(kept.filter((key) => key.startsWith('firebase:authUser'))).toEqual([])
  expect(problems).toEqual([])
})

test('[S26] a stolen ID token without the tablet’s key is refused by the function', async ({
  openTablet,
  server,
}) => {
  const tablet = await openTablet(EMAIL)
  const sent = tablet.waitForRequest((request) => request.url().includes('/api/pull'))
  await tablet.getByRole('button', { name: '今すぐ同期' }).click()
  const headers = await (await sent).allHeaders()
  const { authorization = '', 'x-device-id': deviceId = '', 'x-device-proof': proof = '' } = headers
  const pull = async (more: Readonly<Record<string, string>>): Promise<number> => {
    const response = await fetch(`${server.url}/api/pull`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization, ...more },
      body: JSON.stringify({ protocol: 1, clientId: null, cursors: {} }),
    })
    return response.status
  }
  expect(await pull({})).toBe(401)
  expect(await pull({ 'x-device-id': deviceId })).toBe(401)
  expect(await pull({ 'x-device-id': deviceId, 'x-device-proof': 'A'.repeat(86) })).toBe(401)
  expect(await pull({ 'x-device-id': deviceId, 'x-device-proof': proof })).toBe(200)
})

test('a disabled account is stopped at once, also where it is signed in', async ({ auth, openTablet }) => {
  const tablet = await openTablet(EMAIL)
  const accounts = firebaseAccounts(auth)
  await accounts.setDisabled(UID, true)
  try {
    const refused = tablet.waitForResponse((response) => response.url().includes('/api/'))
    await tablet.getByRole('button', { name: '今すぐ同期' }).click()
    expect((await refused).status()).toBe(403)
    await expect(tablet.getByRole('heading', { name: 'この端末での利用は終わりました' })).toBeVisible()
  } finally {
    await accounts.setDisabled(UID, false)
  }
})

test('headquarters’ new password ends the sessions of before', async ({ auth, openTablet }) => {
  const tablet = await openTablet(EMAIL)
  const accounts = firebaseAccounts(auth)
  await accounts.setPassword(UID, 'ichido-dake-tsukau')
  try {
    // Tokens of before are revoked with a resolution of one second.
    await expect(async () => {
      await tablet.getByRole('button', { name: '今すぐ同期' }).click()
      await expect(syncStatus(tablet)).toHaveText('ログインが必要', { timeout: 1000 })
    }).toPass()
  } finally {
    await accounts.setPassword(UID, DEMO_PASSWORD)
  }
})

test('hosting: hashed files for ever, shell and service worker asked for again, nothing missing answered with the page', async ({
  server,
}) => {
  const get = async (path: string): Promise<Response> => fetch(`${server.url}${path}`)
  const page = await get('/')
  const asset = /assets\/[^"]+\.js/.exec(await page.text())?.[0] ?? ''
  expect(page.headers.get('cache-control')).toBe('no-cache')
  expect(page.headers.get('content-security-policy')).toContain("script-src 'self'")
  expect((await get('/sw.js')).headers.get('cache-control')).toBe('no-cache')
  expect((await get(`/${asset}`)).headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
  expect((await get('/assets/gone.js')).status).toBe(404)
  const deep = await get('/initiatives/x')
  expect([deep.status, deep.headers.get('cache-control')]).toEqual([200, 'no-cache'])
  const unknown = await fetch(`${server.url}/api/none`, { method: 'POST' })
  expect([unknown.status, await unknown.json()]).toEqual([404, { type: 'notFound' }])
})
