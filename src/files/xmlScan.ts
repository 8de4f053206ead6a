/** XML in pieces: tags and texts as they come, nothing kept. No DTD, so no entities but the five and numbers. */
import { TableError } from '../domain/table.ts'

export interface XmlHandler {
  /** `tag` is the whole tag; `name` has no prefix. Called also for `<a/>`, followed by `close`. */
  open(name: string, tag: string): void
  close(name: string): void
  text(text: string): void
}

/** Longest tag or text; workbooks allow 32,767 characters in a cell. */
const MAX_PIECE = 1_000_000
const TAG = /<(\/?)(?:[^\s>/:"'=]+:)?([^\s>/:"'=]+)(?=[\s>/])(?:[^"'>]|"[^"]*"|'[^']*')*>/y
const SKIPPED: readonly (readonly [string, string])[] = [
  ['<!--', '-->'],
  ['<?', '?>'],
]
const CDATA = '<![CDATA['

/** A function to be called with every piece of the document. @throws TableError for what is no XML we read */
export function createXmlScanner(handler: XmlHandler): (piece: string) => void {
  let rest = ''

  /** Where the reading goes on; -1 when more is needed. */
  function step(at: number): number {
    if (rest[at] !== '<') {
      const end = rest.indexOf('<', at)
      if (end === -1) return -1
      handler.text(decoded(rest.slice(at, end)))
      return end
    }
    for (const [from, to] of SKIPPED) {
      if (!rest.startsWith(from, at)) continue
      const end = rest.indexOf(to, at + from.length)
      return end === -1 ? -1 : end + to.length
    }
    if (rest.startsWith(CDATA, at)) {
      const end = rest.indexOf(']]>', at)
      if (end !== -1) handler.text(rest.slice(at + CDATA.length, end))
      return end === -1 ? -1 : end + 3
    }
    if (rest.startsWith('<!D', at)) throw new TableError({ type: 'unreadable' })
    TAG.lastIndex = at
    const found = TAG.exec(rest)
    if (found === null) return -1
    const [tag, slash, name = ''] = found
    if (slash === '/') handler.close(name)
    else {
      handler.open(name, tag)
      if (tag.endsWith('/>')) handler.close(name)
    }
    return at + tag.length
  }

  return (piece) => {
    rest += piece
    let at = 0
    while (at < rest.length) {
      const next = step(at)
      if (next === -1) break
      at = next
    }
    rest = rest.slice(at)
    if (rest.length > MAX_PIECE) throw new TableError({ type: 'unreadable' })
  }
}

/** Value of an attribute in a tag; undefined when it has none. `name` may have a prefix. */
export function attributeOf(tag: string, name: string): string | undefined {
  const found = new RegExp(`\\s(?:[^\\s=:]+:)?${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`).exec(tag)
  const value = found?.[1] ?? found?.[2]
  return value === undefined ? undefined : decoded(value)
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

function decoded(text: string): string {
  const unified = text.replaceAll(/\r\n?/g, '\n')
  if (!unified.includes('&')) return unified
  return unified.replaceAll(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(\w{2,4}));/gi, (whole, hex, decimal, name) => {
    if (typeof name === 'string') return ENTITIES[name] ?? whole
    const code = typeof hex === 'string' ? Number.parseInt(hex, 16) : Number(decimal)
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole
  })
}
