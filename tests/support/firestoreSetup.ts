/** Set-up of each test file of the project `firestore`: without an emulator every test is skipped, and says so. */
import { beforeEach, inject } from 'vitest'
import { NO_EMULATOR } from './firestoreEmulator.ts'

beforeEach(({ skip }) => {
  skip(inject('firestoreHost') === '', NO_EMULATOR)
})
