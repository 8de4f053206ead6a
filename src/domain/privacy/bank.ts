/** Bank accounts: a number is one only behind the words that make it one (口座番号, 普通, 記号番号). */
import { COUNTED } from './digits.ts'
import type { Finding } from './finding.ts'

const GAP = '(?:\\([^()\\d\\n]{1,8}\\)|\\([0-9]桁\\))?[ :;=→/#はがをの、,.・_#\\n()「」【】]{0,4}'
const digits = (min: number, max: number): string => `(\\d(?:[ -]?\\d){${min - 1},${max - 1}})(?![\\d-]|,\\d)`
const BRANCH = '(?:\\d{3}[ )、,/-]{1,3})?'

/** Each ends with the number, which is its first group; what is read behind it says that it is one. */
const FORMS: readonly RegExp[] = [
  // 普通 1234567, 当座預金口座 No.1234567, (普)1234567
  new RegExp(
    `(?:普通|当座|貯蓄|(?:定期|積立|納税準備)(?=預金|貯金|積金|口座)|\\(普\\)|\\(当\\)|(?<![一-龠])普(?=[ :.)]))(?:預金|貯金|積金|勘定)?(?:口座)?(?:番号| ?(?:No|NO|№))?${GAP}${BRANCH}${digits(6, 8)}`,
    'g',
  ),
  // 口座番号は1234567, 口座番号(普通)1234567
  new RegExp(`口座 ?の?(?:番号|No|NO|№)${GAP}(?:普通|当座)?${GAP}${BRANCH}${digits(4, 8)}`, 'g'),
  // 口座 1234567, 新宿支店 1234567, 支店(123) 1234567
  new RegExp(
    `(?:口座|支店|出張所|本店|銀行|信用金庫|信金|信用組合|農協|通帳)(?:コード|番号)?${GAP}${BRANCH}${digits(7, 7)}`,
    'g',
  ),
  new RegExp(
    `(?:店番|店番号|支店番号|支店コード|店コード)${GAP}(?:\\d{3}|[〇零一二三四五六七八九]{3})[^\\d\\n]{1,12}${digits(6, 8)}`,
    'g',
  ),
  // 振込先は〇〇銀行の1234567: seven digits alone, soon behind a word that is said of accounts
  /(?:口座|預金|貯金|振込先|ゆうちょ|銀行|信金|信組)(?![^\d\n。]{0,20}(?:伝票|受付|整理|管理|件数|手数料|額))[^\d\n。]{0,20}(?<![.-])(\d{7})(?![\d-]|,\d)/g,
  // 1234567(普通)
  /(?<![\d,-]|\d\.)(\d{7})(?= ?\((?:普通|当座|普|当)(?:預金)?\))/g,
  // 口座番号が1234567から2345678に
  new RegExp(`口座番号${GAP}\\d{7} ?(?:から|→|ではなく|及び|と|又は|、|・|/) ?${digits(7, 7)}`, 'g'),
  // ゆうちょ: 記号 10120 番号 12345671, 10120-12345671, 振替口座 00110-1-123456
  new RegExp(`記号${GAP}(\\d{5}(?:-\\d)?[ 、,・\\n/-]{0,3}(?:番号)?[ :は]{0,3}\\d{2,8})(?!\\d)`, 'g'),
  /記号番号[ :は、]{0,3}(\d{5}(?:-\d)?[ -]\d{2,8})(?!\d)/g,
  /(?:ゆうちょ|郵便貯金|郵貯|郵便振替|振替口座|加入者番号|口座|振替)[^\d\n]{0,15}(\d{5}(?: ?- ?| )(?:\d-)?\d{2,8})(?!\d)/g,
  // 10120-12345671: 記号 of five digits and 番号 of up to eight, each with its fixed ends, say it by themselves
  /(?<![\d.,-])(1\d{3}0 ?- ?\d{6,7}1)(?![\d-]|,\d)/g,
]

/** Account numbers in a folded text: the digits, without the words before them. */
export function findBankAccounts(text: string): Finding[] {
  return FORMS.flatMap((form) =>
    [...text.matchAll(form)].flatMap((match): Finding[] => {
      const end = match.index + match[0].length
      const number = match[1] ?? ''
      if (COUNTED.test(text.slice(end, end + 5))) return []
      return [{ kind: 'bankAccount', certainty: 'likely', start: end - number.length, end }]
    }),
  )
}
