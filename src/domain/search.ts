/** Japanese search text: the same letter however it is written (M2-7). Substrings of it are found by a linear scan. */

/** Old and variant forms → the common one. Names of places and people are where they occur. */
const VARIANTS: Readonly<Record<string, string>> = {
  髙: '高',
  﨑: '崎',
  嵜: '崎',
  濵: '浜',
  濱: '浜',
  邊: '辺',
  邉: '辺',
  齋: '斎',
  齊: '斎',
  斉: '斎',
  澤: '沢',
  廣: '広',
  國: '国',
  學: '学',
  會: '会',
  藝: '芸',
  體: '体',
  總: '総',
  澁: '渋',
  澀: '渋',
  櫻: '桜',
  德: '徳',
  圓: '円',
  驛: '駅',
  經: '経',
  濟: '済',
  營: '営',
  勞: '労',
  產: '産',
  號: '号',
  實: '実',
  檢: '検',
  點: '点',
  變: '変',
  續: '続',
  讀: '読',
  賣: '売',
  應: '応',
  當: '当',
  區: '区',
  縣: '県',
  島: '島',
  嶋: '島',
  嶌: '島',
  瀧: '滝',
  龍: '竜',
  眞: '真',
  條: '条',
  壽: '寿',
  榮: '栄',
  曾: '曽',
  舘: '館',
  邨: '村',
  冨: '富',
  峯: '峰',
  栁: '柳',
  ヶ: 'ケ',
  ヵ: 'カ',
  '〜': '~',
  '～': '~',
  '―': '-',
  '‐': '-',
  '−': '-',
  '—': '-',
  '–': '-',
}

/** Normalises a text for search: NFKC, lower case, ひらがな→カタカナ, variant forms, white space gone. */
export function searchKey(text: string): string {
  let key = ''
  for (const char of text.normalize('NFKC').toLowerCase()) {
    if (/\s/u.test(char)) continue
    const code = char.codePointAt(0) ?? 0
    const kana = code >= 0x3041 && code <= 0x3096 ? String.fromCodePoint(code + 0x60) : char
    key += VARIANTS[kana] ?? kana
  }
  return key
}

/** Words of a query, each to be found somewhere in the key: white space (also 全角) separates. */
export function queryKeys(query: string): string[] {
  return query
    .split(/[\s\u3000]+/u)
    .map(searchKey)
    .filter((key) => key !== '')
}
