/** Japanese search text: the same letter however it is written (M2-7). Substrings of it are found by a linear scan. */

/** The common form of a letter, then its old and variant forms: 旧字体, letters of names and places. */
const FORMS = `
  亜亞 悪惡 圧壓 囲圍 医醫 為爲 壱壹 隠隱 栄榮 営營 衛衞 駅驛 円圓 塩鹽 縁緣 艶艷 応應 欧歐 殴毆 桜櫻 奥奧 横橫 温溫 穏穩 仮假 価價 画畫
  会會 壊壞 懐懷 絵繪 拡擴 殻殼 覚覺 学學 岳嶽 楽樂 勧勸 巻卷 歓歡 缶罐 観觀 間閒 関關 陥陷 館舘 巌巖 顔顏 帰歸 気氣 亀龜 偽僞 戯戲 犠犧
  旧舊 拠據 挙擧 虚虛 峡峽 挟挾 狭狹 郷鄕 暁曉 区區 駆驅 勲勳 薫薰 径徑 恵惠 掲揭 渓溪 経經 継繼 茎莖 蛍螢 軽輕 鶏鷄 芸藝 撃擊 欠缺 倹儉
  剣劍 圏圈 検檢 権權 献獻 県縣 研硏 険險 顕顯 験驗 厳嚴 効效 広廣 恒恆 鉱鑛 号號 国國 黒黑 済濟 砕碎 斎齋齊斉 剤劑 冊册 雑雜 参參 惨慘 桟棧
  蚕蠶 賛贊 残殘 糸絲 歯齒 児兒 辞辭 湿濕 実實 舎舍 写寫 釈釋 寿壽 収收 従從 渋澁澀 獣獸 縦縱 粛肅 処處 叙敍 奨奬獎 将將 焼燒 称稱 証證 乗乘
  剰剩 壌壤 嬢孃 条條 浄淨 畳疊 穣穰 譲讓 醸釀 嘱囑 触觸 寝寢 慎愼 晋晉 真眞 尽盡 図圖 粋粹 酔醉 穂穗 随隨 髄髓 数數 枢樞 声聲 静靜 摂攝 窃竊
  専專 戦戰 浅淺 潜潛 繊纖 践踐 銭錢 禅禪 曽曾 双雙 壮壯 捜搜 挿插 争爭 総總 聡聰 荘莊 装裝 騒騷 増增 臓臟 蔵藏 属屬 続續 堕墮 体體 対對
  帯帶 滞滯 台臺 滝瀧 択擇 沢澤 単單 担擔 胆膽 団團 弾彈 断斷 痴癡 遅遲 昼晝 虫蟲 鋳鑄 庁廳 聴聽 勅敕 鎮鎭 逓遞 鉄鐵 転轉 点點 伝傳 党黨 盗盜
  灯燈 当當 闘鬪 徳德 独獨 読讀 届屆 縄繩 弐貳 悩惱 脳腦 覇霸 廃廢 拝拜 売賣 麦麥 発發 髪髮 抜拔 蛮蠻 秘祕 浜濱濵 瓶甁 払拂 仏佛 並竝 変變
  辺邊邉 弁辨瓣辯 舗舖 歩步 宝寶 豊豐 没沒 翻飜 毎每 万萬 満滿 黙默 弥彌 薬藥 訳譯 予豫 余餘 与與 誉譽 揺搖 様樣 謡謠 遥遙 来來 頼賴 乱亂 覧覽
  内內 青靑 清淸 郎郞 即卽 既旣 呉吳 娯娛 尚尙 強强 戸戶 戻戾 教敎 暦曆 渇渴 税稅 絶絕 緒緖 説說 鋭銳 閲閱 黄黃 餅餠 剥剝 飲飮 姫姬 彦彥 悦悅 掻搔 携攜 痩瘦
  禱祷 箪簞 繋繫 脱脫 莱萊 蒋蔣 蝋蠟 醤醬 顛顚 麺麵 麹麴 鴎鷗 鴬鶯 焔焰 瀬瀨 噓嘘 呑吞 唖啞 屏屛 併倂 汚污 溌潑 桝枡 桧檜 薮藪 籠篭 祢禰 諫諌 侠俠 頬頰 填塡 躯軀
  竜龍 両兩 猟獵 緑綠 塁壘 涙淚 励勵 礼禮 隷隸 霊靈 齢齡 恋戀 炉爐 労勞 楼樓 録錄 湾灣 産產 高髙 崎﨑嵜 島嶋嶌 村邨 富冨 峰峯 柳栁 吉𠮷 ケヶ カヵ
`

const COMMON_FORM = new Map(
  FORMS.trim()
    .split(/\s+/u)
    .flatMap((group) => {
      const [common = '', ...variants] = group
      return variants.map((variant) => [variant, common] as const)
    }),
)

/** What people write or leave out as they like: white space, 中黒 and other marks between words, 長音, selectors of a letter's shape. */
const LEFT_OUT = /[\s\p{Pd}\p{Ps}\p{Pe}\p{Pi}\p{Pf}\p{Variation_Selector}・、。,'"~〜ー−]/u

/** A letter as search compares it, after NFKC and in lower case: ひらがな→カタカナ, common forms; '' = may be left out. */
export function comparedLetter(letter: string): string {
  if (LEFT_OUT.test(letter)) return ''
  const code = letter.codePointAt(0) ?? 0
  const kana = code >= 0x3041 && code <= 0x3096 ? String.fromCodePoint(code + 0x60) : letter
  return COMMON_FORM.get(kana) ?? kana
}

/** `comparedLetter` by UTF-16 unit, filled as letters are met: units of one letter that is not left out, LEFT, or 0 = not met yet. */
const UNITS = new Uint16Array(0x10000)
/** Half of a letter, which none is compared as. */
const LEFT = 0xd800

function comparedUnit(unit: number): number {
  const form = comparedLetter(String.fromCharCode(unit))
  return form === '' ? LEFT : form.charCodeAt(0)
}

/** Every browser and Node have it, the language's own library does not. */
declare class TextDecoder {
  constructor(label: string, options: { ignoreBOM: boolean })
  decode(units: Uint16Array): string
}

/** Taken together before they become a string: one call for many letters. */
const together = new Uint16Array(4096)
const decoder = new TextDecoder('utf-16le', { ignoreBOM: true })
const stringOf = (taken: number): string => decoder.decode(together.subarray(0, taken))

/** Normalises a text for search: NFKC, lower case, ひらがな→カタカナ, common forms, without what may be left out. */
export const searchKey = (text: string): string => searchKeys([text])

/** Between the keys of texts; no key has it. */
const LINE = 0x0a

/** The keys of several texts, a line for each. */
export function searchKeys(texts: readonly string[]): string {
  let key = ''
  let taken = 0
  for (const [place, text] of texts.entries()) {
    const letters = text.normalize('NFKC').toLowerCase()
    // Before each but the first, as if it were a letter of it, goes the end of the line before.
    for (let at = place === 0 ? 0 : -1; at < letters.length; at += 1) {
      if (taken === together.length) {
        key += stringOf(taken)
        taken = 0
      }
      if (at < 0) {
        together[taken++] = LINE
        continue
      }
      const unit = letters.charCodeAt(at)
      // Halves of a letter, also one alone, which the decoder would not take.
      if (unit >= 0xd800 && unit < 0xe000) {
        const letter = String.fromCodePoint(letters.codePointAt(at) ?? unit)
        key += stringOf(taken) + comparedLetter(letter)
        taken = 0
        at += letter.length - 1
        continue
      }
      let form = UNITS[unit] ?? 0
      if (form === 0) UNITS[unit] = form = comparedUnit(unit)
      if (form !== LEFT) together[taken++] = form
    }
  }
  return key + stringOf(taken)
}

/** Words of a query, each to be found somewhere in the key: white space (also 全角) separates. */
export function queryKeys(query: string): string[] {
  return query
    .split(/[\s\u3000]+/u)
    .map(searchKey)
    .filter((key) => key !== '')
}
