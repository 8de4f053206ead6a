import { randomInt } from 'node:crypto'

/** No characters that look alike on paper or over the telephone. */
const LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789'
const GROUPS = 4
const GROUP_LENGTH = 5

/** A password for one sign-in: 20 random characters (99 bits) in groups, to be read out. */
export function oneTimePassword(): string {
  const group = (): string =>
    Array.from({ length: GROUP_LENGTH }, () => LETTERS.charAt(randomInt(LETTERS.length))).join('')
  return Array.from({ length: GROUPS }, group).join('-')
}
