/** A tablet without the app: rows are put in through the same requests a tablet makes, without its screens. */
import * as v from 'valibot'
import { DEMO_PASSWORD } from '../../functions/src/demo.ts'
import { asClientId } from '../../src/domain/ids.ts'
import type { Json } from '../../src/domain/json.ts'
import { sessionResponseSchema } from '../../src/domain/session.ts'
import { PROTOCOL_VERSION, pushResponseSchema } from '../../src/domain/wire.ts'
import { makeDeviceKey } from './deviceKey.ts'

export interface Write {
  readonly op: 'create' | 'edit'
  readonly type: string
  readonly id: string
  /** Revision it is made on; 0 for a create. */
  readonly rev?: number
  readonly stage?: string
  readonly set: Readonly<Record<string, Json>>
  /** Values before, where there were any. */
  readonly from?: Readonly<Record<string, Json>>
}

export type RawTablet = Awaited<ReturnType<typeof rawTablet>>

/** A signed-in tablet that sends raw requests. */
export async function rawTablet(url: string, account: string) {
  let token = ''
  const post = async (path: string, body: unknown): Promise<unknown> => {
    const answer = await fetch(`${url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify(body),
    })
    const content: unknown = await answer.json()
    if (!answer.ok) throw new Error(`${path}: ${JSON.stringify(content)}`)
    return content
  }
  const { publicKey } = await makeDeviceKey()
  const device = { id: null, label: 'Androidタブレット（Chrome）', publicKey }
  const credentials = { email: `${account}@demo.example`, password: DEMO_PASSWORD, device }
  token = v.parse(sessionResponseSchema, await post('/api/session/sign-in', credentials)).accessToken
  let mid = 0

  async function write(writes: readonly Write[]): Promise<void> {
    const mutations = writes.map(({ op, type, id, rev = 0, stage = null, set, from = {} }, index) => ({
      ...{ mid: mid + index + 1, v: type === 'initiative' ? 2 : 1, op, type, id, base: { rev }, stage },
      set: Object.fromEntries(
        Object.entries(set).map(([field, to]) => [field, { from: from[field] ?? null, to }]),
      ),
      ...{ blobs: [], at: new Date().toISOString() },
    }))
    mid += mutations.length
    const clientId = asClientId(`raw-${account}`)
    const answer = v.parse(
      pushResponseSchema,
      await post('/api/push', { protocol: PROTOCOL_VERSION, clientId, mutations }),
    )
    const refused = answer.type !== 'receipts' || answer.receipts.some(({ outcome }) => outcome === 'parked')
    if (refused) throw new Error(JSON.stringify(answer))
  }
  return { post, write, token: () => token }
}
