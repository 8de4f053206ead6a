/** Mail addresses, also with the sign written as a word (アット, (at)). */
import type { Finding } from './finding.ts'

const AT =
  /[ \n]?[([<{【「〔_-]?(?:アットマーク|アット|あっとまーく|あっと|[@★☆●○■◎▲♪]|(?<=[([<{【「〔 _-])at(?=[)\]>}】」〕 _-]))[)\]>}】」〕_-]?[ \n]?/gi
const LOCAL_MAX = 64
const DOMAIN_MAX = 120
const LOCAL = /[A-Za-z0-9][A-Za-z0-9._%+'-]*$/
const DOMAIN =
  /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,62})(?:(?: ?(?:ドット|どっと|[([<{]dot[)\]>}]) ?| dot |\.)[A-Za-z0-9-]{1,63}){0,6}(?: ?(?:ドット|どっと|[([<{]dot[)\]>}]) ?| dot |\.)[A-Za-z]{2,24}/

/** Mail addresses in a folded text. */
export function findMail(text: string): Finding[] {
  return [...text.matchAll(AT)].flatMap((match): Finding[] => {
    const sign = match.index
    const after = sign + match[0].length
    const before = text.slice(Math.max(0, sign - LOCAL_MAX), sign)
    const local = localPart(before)
    const domain = DOMAIN.exec(text.slice(after, after + DOMAIN_MAX))
    if (local === '' || domain === null) return []
    return [{ kind: 'mail', certainty: 'certain', start: sign - local.length, end: after + domain[0].length }]
  })
}

/** The longest end of `before` that may stand before the sign. */
function localPart(before: string): string {
  let start = before.length
  while (start > 0 && /[A-Za-z0-9._%+'-]/.test(before.charAt(start - 1))) start -= 1
  return LOCAL.exec(before.slice(start))?.[0] ?? ''
}
