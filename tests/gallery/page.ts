/** The gallery as one page: a row a screen, a picture a size, findings under it. */
import type { Shot } from './shoot.ts'

const escape = (text: string): string =>
  text.replaceAll(/[&<>"]/g, (char) => `&#${char.codePointAt(0) ?? 0};`)

export function galleryPage(shots: readonly Shot[]): string {
  const rows = [...Map.groupBy(shots, ({ screen }) => screen)].map(
    ([screen, all]) =>
      `<section id="${escape(screen)}"><h2>${escape(screen)}</h2><div>${all.map(figure).join('')}</div></section>`,
  )
  const wrong = shots.reduce((sum, { findings }) => sum + findings.length, 0)
  return `<!doctype html><html lang="ja"><meta charset="utf-8"><title>改善帳 画面一覧</title><style>
body{font:14px/1.6 sans-serif;margin:1rem 2rem;background:#f7f7f9}section{border-top:1px solid #bbb;padding-bottom:1rem}
section>div{display:flex;gap:1rem;overflow-x:auto;align-items:flex-start}figure{margin:0;flex:none}img{height:28rem;border:1px solid #bbb;background:#fff}
figcaption{max-width:24rem}li{color:#a00;overflow-wrap:anywhere}h2{margin:.5rem 0}
</style><h1>改善帳 画面一覧</h1><p>${shots.length}枚　指摘 ${wrong}件</p>${rows.join('')}</html>`
}

function figure({ screen, size, file, findings }: Shot): string {
  const list = findings.map((finding) => `<li>${escape(finding)}</li>`).join('')
  return `<figure><a href="${file}"><img loading="lazy" src="${file}" alt="${escape(`${screen} ${size}`)}"></a><figcaption>${escape(size)}<ul>${list}</ul></figcaption></figure>`
}
