/** The PIN by which a person takes their turn on a shared tablet, also offline [S26]. */
import { type Result, err, ok } from './result.ts'

/** So many wrong PINs lock switching to a person until they sign in with their password. */
export const MAX_PIN_FAILURES = 10

/** Why a PIN cannot be chosen: not six digits; one or two digits only or a repeated part; counting up or down. */
export type PinWeakness = 'notSixDigits' | 'repeated' | 'sequence'

/** Digits as typed, full-width ones too, without the spaces and hyphens between them. */
export function normalisePin(typed: string): string {
  return typed.normalize('NFKC').replaceAll(/[\s\p{Pd}ー−]/gu, '')
}

/** A PIN to be set, from what was typed. */
export function choosePin(typed: string): Result<string, PinWeakness> {
  const pin = normalisePin(typed)
  if (!isPin(pin)) return err('notSixDigits')
  if (isRepeated(pin)) return err('repeated')
  if (isSequence(pin)) return err('sequence')
  return ok(pin)
}

/** Whether a normalised text has the form of a PIN. */
export function isPin(pin: string): boolean {
  return /^\d{6}$/.test(pin)
}

function isRepeated(pin: string): boolean {
  return new Set(pin).size <= 2 || /^(\d{1,3})\1+$/.test(pin)
}

/** 123456, 654321, 890123: each digit one more, or one less, than the one before. */
function isSequence(pin: string): boolean {
  const steps = new Set(
    [...pin].slice(1).map((digit, index) => (Number(digit) - Number(pin[index]) + 10) % 10),
  )
  const [step] = steps
  return steps.size === 1 && (step === 1 || step === 9)
}
