/** Names of companies and other bodies: worth a second look, and often quite public. */
import type { Finding } from './finding.ts'

const BODY =
  '株式会社|企業組合|有限会社|合同会社|合資会社|合名会社|相互会社|\\(株\\)|\\(有\\)|\\(同\\)|\\(資\\)|特定非営利活動法人|NPO法人|社会福祉法人|医療法人(?:社団|財団)?|学校法人|宗教法人|一般社団法人|公益社団法人|一般財団法人|公益財団法人|\\((?:一|公)?(?:社|財)\\)|\\((?:特非|福|医|学|独|協)\\)|協同組合|農業協同組合|生活協同組合|信用金庫|信用組合|農事組合法人|(?:生産|事業|振興|漁業|出荷)組合|(?:税理士|弁護士|監査|行政書士|司法書士|社会保険労務士)法人'
/** Bodies whose name always stands before them. */
const SUFFIX_ONLY = /組合$|信用/
const FORM = new RegExp(BODY, 'g')
/** の stands in a name between kana (まちの手) and before what such a name ends in (動物の輪); other particles end it. */
const NAME =
  "(?:[一-龠々ァ-ヴーA-Za-z0-9&・.'-]|[ぁ-ん](?<![をがはにでともへやの])|(?<=[ぁ-ん])の|の(?=[会家森里庭郷店輪手友丘泉虹星風光](?![一-龠])))"
/** Hiragana that begins a name may hold a particle (みなと商会) where a trade follows. */
const TRADE =
  '商会|商店|商事|建設|工業|運輸|運送|電機|電気|印刷|食品|製作所|製菓|木材|産業|物産|不動産|興業|工務店|造園|緑化|農園|牧場|水産|薬局|設備|精機|金属|化学|技研|工房|食堂|酒造|豆腐|水道|塗装|興産|商運|観光|交通|警備|清掃|硝子|鉄工|紙業|染色|皮革|フーズ|ホーム|サービス'
const LEAD = `(?:(?![をがはにでともへや])[ぁ-ん]{2,6}(?=${TRADE}))?`
const NAME_AFTER = new RegExp(
  `^ ?[「"]?(${LEAD}${NAME}{2,24}?(?:(?<=[A-Za-z]) [A-Z][A-Za-z]{1,15})?)(?=より|から|まで|など|さん|さま|です|ほか|あて|(?!${NAME}))`,
)
const NAME_BEFORE = new RegExp(`((?:[A-Z][A-Za-z]{1,15} )?${LEAD}${NAME}{2,24})[」"]? ?$`)
/** 食の安心, right behind 法人; まるや, behind (株), which nobody writes a particle behind. */
const SHORT_NAME = { body: /(?:法人|社団|財団)$/, name: /^[一-龠]の[一-龠]{1,4}/ }
const KANA_NAME = { body: /^\(/, name: /^[ぁ-ん]{2,6}?(?=[とがはをにでのもへ、。 \n]|から|より|$)/ }
/** Words that go with 株式会社 without naming one. */
const NO_NAME_AFTER =
  /^(?:等|化|設立|法|形態|形式|制|向け|以外|及び|又は|並びに|各社|数社|組織|登記|全般|所管|関係|限定|間|側|名|宛|様|という|について|による|との|など|から|として|または|にも|では|には|だけ|ならびに|ではない|あて|もの|へ|の|が|は|を|に|で|と|も|や|運営$|[0-9]+(?:社|件|者))/
const NO_NAME_BEFORE =
  /(?:当該|相手方|各|同|他|委託先|契約先|取引先|元請|下請|受託|対象|参加|複数|民間|大手|県内|都内|区内|市内|地元|例えば|及び|又は|会社から|既存|新設|数|全|や|社|法人|者)$|^(?:第?\d+|等|社|者|者数)$/
const LABEL_BEFORE =
  /^.*?(?:委託先|契約先|取引先|受託者|受注者|納入業者|業者|会社名|企業名|相手方|訪問先|施工者|事業者名?|担当)(?=.{2})/

/** A bank in somebody's bank details. */
const BANK_DETAILS = /^[ 、/]?[^ 、。\n]{0,8}(?:支店|本店|出張所|普通|当座|口座)/

/** Company names in a folded text; always a `notice`. */
export function findCompanies(text: string): Finding[] {
  return [...text.matchAll(FORM)].flatMap((match): Finding[] => {
    const [body] = match
    const end = match.index + body.length
    if (/^信用/.test(body) && BANK_DETAILS.test(text.slice(end, end + 12))) return []
    const after = SUFFIX_ONLY.test(body) ? '' : nameAfter(body, text.slice(end, end + 26))
    if (after !== '') return [notice(match.index, end + after.length)]
    const before = nameBefore(text.slice(Math.max(0, match.index - 26), match.index))
    return before === '' ? [] : [notice(match.index - before.length, end)]
  })
}

function notice(start: number, end: number): Finding {
  return { kind: 'company', certainty: 'notice', start, end }
}

function nameAfter(body: string, after: string): string {
  const special = ({ body: before, name }: typeof SHORT_NAME): string =>
    before.test(body) ? (name.exec(after)?.[0] ?? '') : ''
  const short = special(SHORT_NAME)
  if (short !== '') return short
  const found = NAME_AFTER.exec(after)
  const name = found?.[1] ?? ''
  const isName = found !== null && !NO_NAME_AFTER.test(name) && !(/^[ぁ-ん]+$/.test(name) && name.length < 3)
  if (isName) return found[0]
  const kana = special(KANA_NAME)
  return NO_NAME_AFTER.test(kana) ? '' : kana
}

function nameBefore(before: string): string {
  const found = NAME_BEFORE.exec(before)
  const name = found?.[1] ?? ''
  if (found === null || NO_NAME_BEFORE.test(name)) return ''
  const label = LABEL_BEFORE.exec(name)?.[0] ?? ''
  return found[0].slice(label.length)
}
