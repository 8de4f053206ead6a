/** Mail addresses, also with the sign written as a word (アット, (at)) or another sign, and with 。 for the dots. */
import type { Finding } from './finding.ts'

const AT =
  /[ \n]?[([<{【「〔_-]?(?:アットマーク|アット|あっとまーく|あっと|@{1,2}|[﹫ⓐⒶ★☆●○■◎▲♪]|(?<=[([<{【「〔 _-])at(?: ?mark)?(?=[)\]>}】」〕 _-])|(?<=[([<{【「〔])a(?=[)\]>}】」〕]))[()[\]<>{}【】「」〔〕_-]?[ \n]?/gi
const LOCAL_MAX = 64
const DOMAIN_MAX = 120
const LOCAL = /[A-Za-z0-9][A-Za-z0-9._%+'-]*$/
const DOMAIN =
  /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,62})(?:(?: ?(?:ドット|どっと|[([<{]dot[)\]>}]) ?| dot |\.)[A-Za-z0-9-]{1,63}){0,6}(?: ?(?:ドット|どっと|[([<{]dot[)\]>}]) ?| dot |\.)[A-Za-z]{2,24}/

/** A domain whose dots were typed with the Japanese keyboard: example。co。jp. */
const DOTLESS = /^[A-Za-z0-9][A-Za-z0-9-]{0,62}(?:[。、,・][A-Za-z0-9-]{1,63}){0,6}[。、,・][A-Za-z]{2,24}/
const QUOTED = /["“”][^"“”\s]{1,40}["“”]$/

/** Mail addresses in a folded text. */
export function findMail(text: string): Finding[] {
  return [...text.matchAll(AT)].flatMap((match): Finding[] => {
    const sign = match.index
    const after = sign + match[0].length
    const before = text.slice(Math.max(0, sign - LOCAL_MAX), sign)
    const local = localPart(before)
    const behind = text.slice(after, after + DOMAIN_MAX)
    const domain = DOMAIN.exec(behind) ?? DOTLESS.exec(behind)
    if (local === '' || domain === null) return []
    return [{ kind: 'mail', certainty: 'certain', start: sign - local.length, end: after + domain[0].length }]
  })
}

/** The longest end of `before` that may stand before the sign. */
function localPart(before: string): string {
  const quoted = QUOTED.exec(before)
  if (quoted !== null) return quoted[0]
  let start = before.length
  while (start > 0 && /[A-Za-z0-9._%+'-]/.test(before.charAt(start - 1))) start -= 1
  return LOCAL.exec(before.slice(start))?.[0] ?? ''
}
