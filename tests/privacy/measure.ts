/** The labelled sets of this folder, and how well the privacy gate's rules do on them. */
import { globSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { readCsv } from '../../src/domain/csv.ts'
import { type Finding, isStructured } from '../../src/domain/privacy/finding.ts'
import { findPersonalData } from '../../src/domain/privacy/findPersonalData.ts'

interface Mark {
  readonly kind: string
  readonly start: number
  readonly end: number
}

interface Snippet {
  /** As it stands in the file, with its marks. */
  readonly line: string
  readonly text: string
  readonly expected: readonly Mark[]
}

export interface LabelledSet {
  readonly name: string
  readonly snippets: readonly Snippet[]
}

/** Of one kind: marks, findings, findings that are right, marks found, and those found with the very span. */
export interface Counts {
  marked: number
  found: number
  right: number
  recalled: number
  exact: number
}

export interface Measured {
  readonly byKind: ReadonlyMap<string, Counts>
  /** What was missed, found wrongly or found with another span, one line each. */
  readonly misses: readonly string[]
  /** Share of the marks of structured kinds that were found. */
  readonly structuredRecall: number
  /** Share of all findings that are right. */
  readonly precision: number
}

const MARK = /⟦([a-zA-Z]+)\|([^⟧]*)⟧/g

function unescape(text: string): string {
  return text
    .replaceAll('\\n', '\n')
    .replaceAll(/\\u([0-9A-F]{4})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}

function readSnippet(line: string): Snippet {
  let text = ''
  let position = 0
  const expected: Mark[] = []
  for (const mark of line.matchAll(MARK)) {
    const [whole, kind = '', marked = ''] = mark
    text += unescape(line.slice(position, mark.index))
    const start = text.length
    text += unescape(marked)
    expected.push({ kind, start, end: text.length })
    position = mark.index + whole.length
  }
  return { line, text: text + unescape(line.slice(position)), expected }
}

/** One snippet a line: ⟦kind|text⟧ marks what must be found, `#` begins a comment. */
export function readSet(file: string): LabelledSet {
  const lines = readFileSync(file, 'utf8').split('\n')
  const snippets = lines.filter((line) => line !== '' && !line.startsWith('#')).map(readSnippet)
  return { name: basename(file, '.txt'), snippets }
}

/** All sets of this folder. */
export function readSets(): LabelledSet[] {
  return globSync(`${import.meta.dirname}/*.txt`)
    .sort()
    .map(readSet)
}

/** Names of the demo's unit master: exempt, as on a tablet. */
export function exemptNames(): string[] {
  const { rows } = readCsv(readFileSync('functions/demo/units.csv', 'utf8'))
  return rows.flatMap(({ cells }) => [cells['name'] ?? '', cells['short_name'] ?? ''])
}

const overlap = (a: Mark, b: Mark): boolean => a.start < b.end && b.start < a.end
const ratio = (part: number, whole: number): number => (whole === 0 ? 1 : part / whole)

/** Measures the rules on snippets. A finding is right when its kind is and it overlaps the mark. */
export function measure(snippets: readonly Snippet[], exempt: readonly string[]): Measured {
  const byKind = new Map<string, Counts>()
  const misses: string[] = []
  for (const snippet of snippets) {
    const findings = findPersonalData(snippet.text, { exempt })
    for (const mark of snippet.expected) countMark({ snippet, mark, findings, byKind, misses })
    for (const finding of findings) countFinding({ snippet, finding, byKind, misses })
  }
  const all = [...byKind]
  const structured = all.filter(([kind]) => isStructured(kind)).map(([, counts]) => counts)
  const sum = (counts: readonly Counts[], key: keyof Counts): number =>
    counts.reduce((total, count) => total + count[key], 0)
  const every = all.map(([, counts]) => counts)
  return {
    byKind,
    misses,
    structuredRecall: ratio(sum(structured, 'recalled'), sum(structured, 'marked')),
    precision: ratio(sum(every, 'right'), sum(every, 'found')),
  }
}

function countsOf(byKind: Map<string, Counts>, kind: string): Counts {
  const counts = byKind.get(kind) ?? { marked: 0, found: 0, right: 0, recalled: 0, exact: 0 }
  byKind.set(kind, counts)
  return counts
}

interface Counting {
  readonly snippet: Snippet
  readonly byKind: Map<string, Counts>
  readonly misses: string[]
}

function countMark({
  snippet,
  mark,
  findings,
  byKind,
  misses,
}: Counting & { readonly mark: Mark; readonly findings: readonly Finding[] }): void {
  const counts = countsOf(byKind, mark.kind)
  const hits = findings.filter((finding) => finding.kind === mark.kind && overlap(finding, mark))
  counts.marked += 1
  if (hits[0] === undefined) {
    misses.push(`見落とし ${mark.kind}: ${snippet.line}`)
    return
  }
  counts.recalled += 1
  if (hits.some((hit) => hit.start === mark.start && hit.end === mark.end)) counts.exact += 1
  else misses.push(`範囲違い ${hits[0].kind}「${spanOf(snippet, hits[0])}」: ${snippet.line}`)
}

function countFinding({ snippet, finding, byKind, misses }: Counting & { readonly finding: Finding }): void {
  const counts = countsOf(byKind, finding.kind)
  counts.found += 1
  if (snippet.expected.some((mark) => mark.kind === finding.kind && overlap(finding, mark))) counts.right += 1
  else misses.push(`誤検知 ${finding.kind}「${spanOf(snippet, finding)}」: ${snippet.line}`)
}

const spanOf = ({ text }: Snippet, { start, end }: Mark): string => text.slice(start, end)
