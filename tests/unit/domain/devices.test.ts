import { expect, test } from 'vitest'
import { type DeviceFilter, isAskedFor } from '../../../src/domain/devices.ts'

const NOW = '2026-11-21T00:00:00.000Z'
const ALL: DeviceFilter = { unit: '', unusedDays: 0, withRevoked: false }
const device = { unit: 'kameido', revoked: false, usedAt: '2026-10-22T00:00:00.000Z' }
const asked = (filter: Partial<DeviceFilter>, more: Partial<typeof device> = {}): boolean =>
  isAskedFor({ ...device, ...more }, { ...ALL, ...filter }, NOW)

test('tablets not there for so many days, those never seen among them; revoked ones only when asked for', () => {
  expect(asked({})).toBe(true)
  expect(asked({ unusedDays: 30 })).toBe(true)
  expect(asked({ unusedDays: 31 })).toBe(false)
  expect(asked({ unusedDays: 365 }, { usedAt: '' })).toBe(true)
  expect(asked({}, { revoked: true })).toBe(false)
  expect(asked({ withRevoked: true }, { revoked: true })).toBe(true)
  expect(asked({ unit: 'osaki' })).toBe(false)
  expect(asked({ unit: 'kameido', unusedDays: 30 })).toBe(true)
})
