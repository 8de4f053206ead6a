/** Samples of a run, their medians and ratios, and the Markdown table of docs/PERFORMANCE.md. */
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { format } from 'prettier'
import { root } from '../../scripts/run.mjs'

/** Order of the columns. `product` is compared with the others. */
export const CONTENDERS = ['product', 'Dexie', 'IndexedDB']

/** What a table shows: key of the samples, what they are, their unit, what to divide by. */
export const ROWS = [
  ['w1.ms', 'W1 first sync until the list answers', 'ms'],
  ['w1.usableMs', 'W1 first page answers while the rest arrives', 'ms'],
  ['w1.longestTaskMs', 'W1 longest task of the main thread (0: none over 50 ms)', 'ms'],
  ['w1.bytes', 'W1 on the wire, both ways with headers', 'MB', 1e6],
  ['w1.requests', 'W1 requests', ''],
  ['w1.serverCpuMs', 'W1 server CPU', 'ms'],
  ['w1.clientCpuMs', 'W1 client CPU, all of Chromium', 'ms'],
  ['w2.ms', 'W2 until all tablets agree', 's', 1000],
  ['w2.rounds', 'W2 rounds', ''],
  ['w2.bytes', 'W2 on the wire', 'MB', 1e6],
  ['w2.requests', 'W2 requests', ''],
  ['w2.serverCpuMs', 'W2 server CPU', 'ms'],
  ['w2.clientCpuMs', 'W2 client CPU', 'ms'],
  ['w3.pageMs', 'W3 first page', 'ms'],
  ['w3.countMs', 'W3 count of one office and progress', 'ms'],
  ['w3.searchMs', 'W3 substring search in all texts', 'ms'],
  ['cold.ms', 'Cold open to the first page', 'ms'],
  ['cold.searchMs', 'First search after a cold open', 'ms'],
  ['w4.editMs', 'W4 one edit, durable', 'ms'],
  ['w4.createsMs', 'W4 creates in one go', 'ms'],
  ['w5.none.ms', 'W5 nothing new', 'ms'],
  ['w5.none.bodyBytes', 'W5 nothing new, body of the answer', 'bytes'],
  ['w5.none.bytes', 'W5 nothing new, both ways with headers', 'bytes'],
  ['w5.none.requests', 'W5 nothing new, requests', ''],
  ['w5.ten.ms', 'W5 ten changes', 'ms'],
  ['w5.ten.bytes', 'W5 ten changes, both ways with headers', 'kB', 1000],
  ['w5.ten.requests', 'W5 ten changes, requests', ''],
  ['w5.ten.longestTaskMs', 'W5 ten changes, longest task of the main thread (0: none over 50 ms)', 'ms'],
]

export const median = (list) => {
  const sorted = list.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

export function shown(value) {
  if (Math.abs(value) >= 100 || Number.isInteger(value)) return Math.round(value).toLocaleString('en')
  return value.toFixed(Math.abs(value) >= 10 ? 1 : 2)
}

const spread = (list) => `${shown(median(list))} [${shown(Math.min(...list))}–${shown(Math.max(...list))}]`

/** Samples by workload, contender and key. */
export class Samples {
  constructor() {
    this.all = []
  }

  /** `values`: one object of figures a sample; what is undefined was not measured. */
  note({ workload, name, rep }, values) {
    for (const [key, value] of Object.entries(values))
      if (value !== undefined) this.all.push({ workload, name, rep, key, value })
  }

  of(workload, name, key) {
    const found = this.all.filter((one) => one.workload === workload && one.name === name && one.key === key)
    return found.map(({ value }) => value)
  }

  /** Median of one contender; undefined where nothing was measured. */
  median(workload, name, key) {
    const list = this.of(workload, name, key)
    return list.length === 0 ? undefined : median(list)
  }
}

export const keyed = (prefix, values) =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [`${prefix}.${key}`, value]))

/** One workload as Markdown: median [least–most], and the product's median divided by each floor's. */
export function tableOf(samples, workload) {
  const others = CONTENDERS.filter((name) => name !== 'product')
  const lines = ROWS.flatMap(([key, label, unit, divisor = 1]) => {
    const cells = CONTENDERS.map((name) => {
      const list = samples.of(workload, name, key).map((value) => value / divisor)
      return list.length === 0 ? '–' : spread(list)
    })
    if (cells.every((cell) => cell === '–')) return []
    const ratios = others.map((name) => ratioOf(samples, { workload, key, to: name }))
    return [[`${label}${unit === '' ? '' : `, ${unit}`}`, ...cells, ...ratios]]
  })
  return markdown(['', ...CONTENDERS, ...others.map((name) => `product / ${name}`)], lines)
}

function ratioOf(samples, { workload, key, to }) {
  const [ours, theirs] = ['product', to].map((name) => samples.median(workload, name, key))
  return ours === undefined || theirs === undefined || theirs === 0 ? '–' : (ours / theirs).toFixed(2)
}

export function markdown(head, lines) {
  const row = (cells) => `| ${cells.join(' | ')} |`
  const rule = `| :-- |${head
    .slice(1)
    .map(() => ' --: |')
    .join('')}`
  return [row(head), rule, ...lines.map(row)].join('\n')
}

/** Machine, day and commit of a run. */
export function circumstances() {
  const git = (...args) => execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim()
  const changed = git('status', '--porcelain', '--untracked-files=no') === '' ? '' : ' with changes'
  return {
    machine: `${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}`,
    node: process.version,
    date: new Date().toISOString().slice(0, 10),
    commit: `${git('rev-parse', '--short', 'HEAD')}${changed}`,
  }
}

/** Puts `text` between `<!-- name -->` and `<!-- /name -->` of a file in docs. */
export async function writeBetween(file, name, text) {
  const path = new URL(`../../docs/${file}`, import.meta.url)
  const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`]
  const document = readFileSync(path, 'utf8')
  const [from, to] = [document.indexOf(begin), document.indexOf(end)]
  if (from < 0 || to < from) throw new Error(`${file} has no place for ${name}`)
  const written = `${document.slice(0, from + begin.length)}\n\n${text}\n\n${document.slice(to)}`
  writeFileSync(path, await format(written, { parser: 'markdown', printWidth: 140 }))
}
