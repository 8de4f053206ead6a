import * as v from 'valibot'

const idText = (maxLength: number) =>
  v.pipe(
    v.string(),
    v.regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'id has characters other than A-Z a-z 0-9 . _ -'),
    v.maxLength(maxLength),
  )

/** Id of a record: UUIDv7 made on the tablet, a code for master data, or derived (conflicts, imports). */
export const recordIdSchema = v.pipe(idText(200), v.brand('RecordId'))
export type RecordId = v.InferOutput<typeof recordIdSchema>

/** Id of a person, the same as their member record's id. */
export const uidSchema = v.pipe(idText(128), v.brand('Uid'))
export type Uid = v.InferOutput<typeof uidSchema>

/** Id of a unit (部所), the same as its unit record's id. */
export const unitIdSchema = v.pipe(idText(64), v.brand('UnitId'))
export type UnitId = v.InferOutput<typeof unitIdSchema>

/** Id of one outbox database ([S2]): minted inside it, dies with it. */
export const clientIdSchema = v.pipe(idText(64), v.brand('ClientId'))
export type ClientId = v.InferOutput<typeof clientIdSchema>

/** Id of an enrolled tablet ([S26]). */
export const deviceIdSchema = v.pipe(idText(64), v.brand('DeviceId'))
export type DeviceId = v.InferOutput<typeof deviceIdSchema>

/** An instant, ISO 8601 UTC with milliseconds, e.g. 2026-11-20T01:02:03.004Z. */
export const isoTimeSchema = v.pipe(v.string(), v.isoTimestamp())
export type IsoTime = string

/** Brands a text that is known to be a record id; throws on anything else (a bug, not input). */
export const asRecordId = (text: string): RecordId => v.parse(recordIdSchema, text)
export const asUid = (text: string): Uid => v.parse(uidSchema, text)
export const asUnitId = (text: string): UnitId => v.parse(unitIdSchema, text)
export const asClientId = (text: string): ClientId => v.parse(clientIdSchema, text)
export const asDeviceId = (text: string): DeviceId => v.parse(deviceIdSchema, text)

/**
 * UUIDv7 (RFC 9562) from a time and 10 random bytes: sorts by time, needs no coordination.
 * @param timeMs Unix milliseconds; negative clocks are taken as 0
 * @param random at least 10 bytes
 */
export function uuidv7(timeMs: number, random: Uint8Array): string {
  if (random.length < 10) throw new Error('uuidv7 needs 10 random bytes')
  const time = Math.max(0, Math.floor(timeMs)).toString(16).padStart(12, '0').slice(-12)
  const tail = Array.from(random.subarray(0, 10), (byte, index) => {
    if (index === 0) return (byte & 0x0f) | 0x70
    if (index === 2) return (byte & 0x3f) | 0x80
    return byte
  })
  const hex = time + tail.map((byte) => byte.toString(16).padStart(2, '0')).join('')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}
