/** Giving the rows of a fiscal year's list their No.: a draft that people order, and what of it is to be saved (6.6). */

/** A row and the No. it is to have; null = none yet. */
export interface Numbered {
  readonly id: string
  readonly no: number | null
}

/** Rows in No. order, those without one last. */
export type Numbering = readonly Numbered[]

export function startNumbering(rows: readonly Numbered[]): Numbering {
  return rows.map(({ id, no }) => ({ id, no })).sort(inPlace)
}

const inPlace = (a: Numbered, b: Numbered): number =>
  a.no === null || b.no === null ? Number(a.no === null) - Number(b.no === null) : a.no - b.no

/**
 * Moves a row to another place. Numbers stay where they are and rows move under them, so that gaps stay gaps. A row that had
 * no number and comes among those with one gets the last and one more; one with a number does not leave the numbered ones.
 */
export function moveRow(numbering: Numbering, from: number, to: number): Numbering {
  const row = numbering[from]
  if (row === undefined || to < 0 || to >= numbering.length) return numbering
  const numbers = numbering.flatMap(({ no }) => (no === null ? [] : [no]))
  const entering = row.no === null && to < numbers.length
  if (entering) numbers.push(lastNo(numbering) + 1)
  const place = row.no === null ? to : Math.min(to, numbers.length - 1)
  const others = numbering.filter((_, index) => index !== from)
  return others.toSpliced(place, 0, row).map(({ id }, index) => ({ id, no: numbers[index] ?? null }))
}

/** Gives one row a No. (null takes it away) and puts it in its place; others keep theirs, also where it is the same one. */
export function setNo(numbering: Numbering, id: string, no: number | null): Numbering {
  const changed = numbering.map((row) => (row.id === id ? { id, no } : row))
  return changed.sort(inPlace)
}

/** 1, 2, 3 … as the rows stand, without gaps; also for those that had none. */
export function renumber(numbering: Numbering): Numbering {
  return numbering.map(({ id }, index) => ({ id, no: index + 1 }))
}

/** The rows that have none get the numbers after the last, as they stand. */
export function numberTheRest(numbering: Numbering): Numbering {
  const first = lastNo(numbering) + 1
  const numbered = numbering.filter(({ no }) => no !== null).length
  return numbering.map((row, index) => (row.no === null ? { id: row.id, no: first + index - numbered } : row))
}

/** 1, 2, 3 … in the order of these ids; rows they do not name come after, as they stand. */
export function numberInOrder(numbering: Numbering, ids: readonly string[]): Numbering {
  const places = new Map(ids.map((id, place) => [id, place]))
  const placeOf = ({ id }: Numbered): number => places.get(id) ?? ids.length
  return renumber(numbering.toSorted((a, b) => placeOf(a) - placeOf(b)))
}

/** The draft for rows as they are now: new ones come last, those that have gone leave it. */
export function keepUp(numbering: Numbering, rows: readonly Numbered[]): Numbering {
  const known = new Set(numbering.map(({ id }) => id))
  const present = new Set(rows.map(({ id }) => id))
  const kept = numbering.filter(({ id }) => present.has(id))
  const added = rows.filter(({ id }) => !known.has(id))
  return added.length === 0 ? kept : startNumbering([...kept, ...added])
}

export interface NumberingProblems {
  /** Numbers that several rows have. */
  readonly duplicates: readonly number[]
  /** Numbers between 1 and the last that no row has, as ranges with both ends. */
  readonly gaps: readonly (readonly [number, number])[]
}

export function problemsOf(numbering: Numbering): NumberingProblems {
  const numbers = numbering.flatMap(({ no }) => (no === null ? [] : [no]))
  const gaps: (readonly [number, number])[] = []
  let before = 0
  for (const no of numbers) {
    if (no > before + 1) gaps.push([before + 1, no - 1])
    before = no
  }
  const duplicates = numbers.filter((no, index) => no === numbers[index - 1])
  return { duplicates: [...new Set(duplicates)], gaps }
}

/** What is to be saved: rows whose No. is another than now. */
export function numberChanges(rows: readonly Numbered[], numbering: Numbering): Numbered[] {
  const now = new Map(rows.map(({ id, no }) => [id, no]))
  return numbering.filter(({ id, no }) => now.has(id) && now.get(id) !== no)
}

/** A No. as typed (also 全角); null when blank, undefined when it is none. */
export function parseNo(text: string): number | null | undefined {
  const plain = text.normalize('NFKC').trim()
  if (plain === '') return null
  const no = Number(plain)
  return /^\d{1,5}$/.test(plain) && no >= 1 ? no : undefined
}

const lastNo = (numbering: Numbering): number =>
  numbering.reduce((last, { no }) => Math.max(last, no ?? 0), 0)
