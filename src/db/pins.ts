/**
 * PINs by which people take turns on a shared tablet, also offline [S26].
 *
 * A PIN keeps colleagues and passers-by, who have the screen alone, out of each other's records: ten wrong ones and only the
 * password helps. It does not protect against someone who can read the browser's files or run code in it: the records are
 * not encrypted with the PIN, and of six digits there are only a million to try. Against that stand the tablet's own lock
 * and encryption, and headquarters' revocation.
 */
import { MAX_PIN_FAILURES } from '../domain/pin.ts'
import type { PinRefusal, PinStanding } from '../sync/peoplePorts.ts'
import type { VaultDatabase } from './vault.ts'

const ITERATIONS = 600_000
const SALT_BYTES = 16
const DIGEST_BITS = 256

/** Whether the person has a PIN, and whether it still opens. */
export async function pinStanding(db: VaultDatabase, uid: string): Promise<PinStanding> {
  const pin = await db.pins.get(uid)
  if (pin === undefined) return 'none'
  return pin.failures >= MAX_PIN_FAILURES ? 'locked' : 'set'
}

/** Sets the person's PIN; `pin` is six digits that choosePin let pass. */
export async function setPin(db: VaultDatabase, uid: string, pin: string): Promise<void> {
  const salt = crypto.getRandomValues(new Uint8Array(SALT_BYTES))
  const digest = await derive(pin, { salt, iterations: ITERATIONS })
  await db.pins.put({ uid, salt, iterations: ITERATIONS, digest, failures: 0 })
}

export async function removePin(db: VaultDatabase, uid: string): Promise<void> {
  await db.pins.delete(uid)
}

/**
 * Checks a PIN. It is counted as wrong before it is checked, and only the right one takes the count back: closing the app,
 * or trying in many tabs at once, gives no guess more.
 */
export async function checkPin(db: VaultDatabase, uid: string, pin: string): Promise<PinRefusal | undefined> {
  const held = await db.transaction('rw', db.pins, async () => {
    const found = await db.pins.get(uid)
    if (found !== undefined && found.failures < MAX_PIN_FAILURES)
      await db.pins.update(uid, { failures: found.failures + 1 })
    return found
  })
  if (held === undefined) return { type: 'noPin' }
  if (held.failures >= MAX_PIN_FAILURES) return { type: 'locked' }
  if (!areEqual(await derive(pin, held), held.digest)) {
    const left = MAX_PIN_FAILURES - held.failures - 1
    return left === 0 ? { type: 'locked' } : { type: 'wrongPin', left }
  }
  await db.pins.update(uid, { failures: 0 })
  return undefined
}

async function derive(
  pin: string,
  { salt, iterations }: { readonly salt: BufferSource; readonly iterations: number },
): Promise<Uint8Array<ArrayBuffer>> {
  const key = await crypto.subtle.importKey('raw', new TextEncoder().encode(pin), 'PBKDF2', false, [
    'deriveBits',
  ])
  const how = { name: 'PBKDF2', hash: 'SHA-256', salt, iterations } as const
  return new Uint8Array(await crypto.subtle.deriveBits(how, key, DIGEST_BITS))
}

/** In a time that does not tell where they differ. */
function areEqual(a: Uint8Array, b: Uint8Array): boolean {
  const difference = a.reduce((found, byte, index) => found | (byte ^ (b[index] ?? 0)), 0)
  return difference === 0 && a.length === b.length
}
