/**
 * The privacy gate's rules (M12): what in a text looks like a person's or a company's data. Pure and linear in the text's
 * length. The tablet runs them before a save; the server does not refuse by them: they are a question to a person, whose
 * answer (mask, rewrite, keep with a reason) no server could check, a save that was right on the tablet may not be lost
 * later [S12], and what a rule misses would look as if it had been cleared. Headquarters reads the reasons instead.
 */
import { findAddresses } from './address.ts'
import { findBankAccounts } from './bank.ts'
import { findCompanies } from './company.ts'
import { type Finding, type PersonalDataKind, PERSONAL_DATA_KINDS, isStructured } from './finding.ts'
import { type Folded, fold, withAccountDigits, withDigits } from './fold.ts'
import { findMail } from './mail.ts'
import { findNumbers } from './numbers.ts'
import { findPeople } from './person.ts'
import { findPhones } from './phone.ts'

export interface FindOptions {
  /** Public names that are nobody's data: names and short names of the unit master, as written there. */
  readonly exempt?: readonly string[]
}

/** What a finding is masked with. */
export const MASK = '●●'

/** Masking one number may show another that it had held back (as part of one code, say); more rounds than this find nothing. */
const MAX_ROUNDS = 8

/**
 * Findings in order of place; they lie inside the text and do not overlap. Once they are masked, the text holds nothing of
 * a structured kind.
 */
export function findPersonalData(text: string, { exempt = [] }: FindOptions = {}): Finding[] {
  const names = exempt.map((name) => fold(name).text.trim()).filter((name) => name.length > 1)
  let found = findOnce(text, names)
  for (let round = 0; round < MAX_ROUNDS && found.length > 0; round += 1) {
    const more = findOnce(maskFindings(text, found), names).filter(({ kind }) => isStructured(kind))
    if (more.length === 0) break
    found = withoutOverlap([...found, ...unmask(more, found)])
  }
  return found
}

function findOnce(text: string, names: readonly string[]): Finding[] {
  const folded = fold(text)
  const digits = withDigits(folded.text)
  const found = [
    ...findNumbers(digits),
    ...findPhones(digits),
    ...findMail(folded.text),
    ...findBankAccounts(withAccountDigits(folded.text)),
    ...findAddresses(folded.text),
    ...[...findPeople(folded.text), ...findCompanies(folded.text)].filter(
      (finding) => !isExempt(folded.text, finding, names),
    ),
  ]
  return withoutOverlap(found).map((finding) => unfold(folded, finding))
}

/** The text with every finding masked and nothing else changed. `findings` in order of place. */
export function maskFindings(text: string, findings: readonly Pick<Finding, 'start' | 'end'>[]): string {
  const parts: string[] = []
  let position = 0
  for (const { start, end } of findings) {
    parts.push(text.slice(position, start), MASK)
    position = end
  }
  return parts.join('') + text.slice(position)
}

/** Findings of the masked text as places of the text itself; one that touches a mask takes in what is masked. */
function unmask(more: readonly Finding[], masked: readonly Finding[]): Finding[] {
  const back = (offset: number, side: 'start' | 'end'): number => {
    let shift = 0
    for (const { start, end } of masked) {
      const at = start + shift
      if (offset < at || (offset === at && side === 'end')) break
      if (offset < at + MASK.length || (offset === at + MASK.length && side === 'end'))
        return side === 'start' ? start : end
      shift += MASK.length - (end - start)
    }
    return offset - shift
  }
  return more.map((finding) => ({
    ...finding,
    start: back(finding.start, 'start'),
    end: back(finding.end, 'end'),
  }))
}

/** True when the finding lies in a public name, or the name in it. */
function isExempt(text: string, { start, end }: Finding, names: readonly string[]): boolean {
  return names.some((name) => {
    const from = Math.max(0, start - name.length)
    const at = text.slice(from, end + name.length).indexOf(name)
    return at !== -1 && from + at < end && from + at + name.length > start
  })
}

const precedence = (kind: PersonalDataKind): number => PERSONAL_DATA_KINDS.indexOf(kind)

/** Overlapping findings become one that covers them all; the longer names it when it holds the other, else the stronger. */
function withoutOverlap(findings: readonly Finding[]): Finding[] {
  const sorted = [...findings].sort((a, b) => a.start - b.start || b.end - a.end)
  const result: Finding[] = []
  for (const next of sorted) {
    const last = result.at(-1)
    if (last === undefined || next.start >= last.end) result.push(next)
    else result[result.length - 1] = joined(last, next)
  }
  return result
}

function joined(a: Finding, b: Finding): Finding {
  const place = { start: a.start, end: Math.max(a.end, b.end) }
  const sameSpan = a.start === b.start && a.end === b.end
  const holder = sameSpan ? undefined : b.end <= a.end ? a : b.start === a.start ? b : undefined
  const stronger = precedence(a.kind) <= precedence(b.kind) ? a : b
  const named = holder ?? stronger
  return { ...named, ...place }
}

function unfold(folded: Folded, { start, end, ...rest }: Finding): Finding {
  return { ...rest, start: folded.startOf(start), end: folded.endOf(end - 1) }
}
