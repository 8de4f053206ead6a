/** What a screen reader is told on the main journeys: order, roles and names. */
import { expect } from '@playwright/test'
import { PASSWORD, openInApp, syncStatus, test, untilSent } from './support.ts'

const LEAD = 'lead-labor-kameido@demo.example'

test('sign in → ホーム → 記録 → 取組 → 局一覧, as a screen reader meets it', async ({ page, server }) => {
  await page.setViewportSize({ width: 820, height: 1180 })
  const main = page.getByRole('main')

  await test.step('sign in, first with nothing filled in', async () => {
    await page.goto(server.url)
    await page.getByRole('button', { name: 'ログイン', exact: true }).click()
    await expect(main).toMatchAriaSnapshot(`
      - heading "ログイン" [level=1]
      - region "入力内容を確認してください（2件）":
        - heading "入力内容を確認してください（2件）" [level=2]
        - list:
          - listitem:
            - link "＊メールアドレスを入力してください。"
          - listitem:
            - link "＊パスワードを入力してください。"
      - textbox "メールアドレス" [invalid]
      - paragraph: ＊メールアドレスを入力してください。
      - textbox "パスワード" [invalid]
      - button "パスワードを表示する"
      - paragraph: ＊パスワードを入力してください。
      - button "ログイン"
    `)
    await page.getByLabel('メールアドレス', { exact: true }).fill(LEAD)
    await page.getByLabel('パスワード', { exact: true }).fill(PASSWORD)
    await page.getByRole('button', { name: 'ログイン', exact: true }).click()
    await expect(syncStatus(page)).toHaveText('すべて送信済み')
  })

  await test.step('the frame and ホーム', async () => {
    await page.getByRole('button', { name: 'あとで' }).click()
    await page.getByRole('button', { name: '分かりました' }).click()
    await expect(page.locator('body')).toMatchAriaSnapshot(`
      - link "本文へ移動"
      - banner:
        - paragraph: 改善帳
        - status "同期の状態": すべて送信済み
        - button "今すぐ同期"
        - paragraph: 亀戸事務所 亀戸事務所 所長
        - button "交代する"
        - link "お知らせ"
        - button "「ホーム」の使い方"
      - navigation "主なメニュー":
        - list:
          - listitem:
            - link "取組を記録"
          - listitem:
            - link "ホーム"
          - listitem:
            - link "局一覧"
          - listitem:
            - link "設定"
      - main:
        - heading "亀戸事務所の取組" [level=1]
        - region "いま必要なこと":
          - heading "いま必要なこと" [level=2]
          - paragraph: いま対応が必要なことはありません。
        - region "取組":
          - heading "取組" [level=2]
          - paragraph: 今年度の取組はまだありません
          - link "最初の取組を書く"
          - button "前年度までの取組（1件）"
      - status "お知らせ"
    `)
    await expect(page.getByRole('link', { name: 'ホーム', exact: true })).toHaveAttribute(
      'aria-current',
      'page',
    )
  })

  await test.step('記録, first with nothing filled in', async () => {
    await page.getByRole('link', { name: '取組を記録' }).click()
    await page.getByRole('button', { name: '保存', exact: true }).click()
    await expect(main).toMatchAriaSnapshot(`
      - heading "取組を記録" [level=1]
      - region "入力内容を確認してください（1件）":
        - heading "入力内容を確認してください（1件）" [level=2]
        - list:
          - listitem:
            - link "＊取組内容を入力してください。"
      - button "前の取組から"
      - button "ひな形から"
      - term: 部所名
      - definition: 亀戸事務所
      - paragraph: 何をどう良くするかを、ひとことで書きます。
      - textbox "取組内容" [invalid]
      - paragraph: 0／200文字
      - paragraph: ＊取組内容を入力してください。
      - radiogroup "進捗":
        - radio "実施済"
        - radio "実施中"
        - radio "一部実施中"
        - radio "今後実施"
        - radio "検討中"
        - radio "今後検討"
      - region "写真":
        - button "写真を撮る"
        - button "写真を選ぶ"
      - button "くわしく書く"
      - button "保存"
      - button "提出する"
    `)
    await expect(page.getByRole('textbox', { name: '取組内容', exact: true })).toHaveAccessibleDescription(
      /何をどう良くするか.*＊取組内容を入力してください。/,
    )
    await page.getByRole('textbox', { name: '取組内容', exact: true }).fill('窓口の案内を直す')
    await expect(page.getByText('＊取組内容を入力してください。')).toHaveCount(0)
    await page.getByRole('radio', { name: '実施中', exact: true }).check()
    await untilSent(page, () => page.getByRole('button', { name: '保存', exact: true }).click())
  })

  await test.step('取組, with a 経過 being written', async () => {
    await page.getByRole('button', { name: '経過を追加' }).click()
    await expect(page.getByRole('textbox', { name: '経過の内容' })).toBeFocused()
    await expect(main).toMatchAriaSnapshot(`
      - text: 実施中 下書き 受領済
      - heading "窓口の案内を直す" [level=1]
      - button "提出する"
      - link "編集"
      - button "下書きを削除"
      - button "印刷"
      - paragraph: /^下書きは自部所と共同実施の部所だけに見えています。/
      - article:
        - term: 部所名
        - definition: 亀戸事務所
        - term: 年度
        - definition: /令和\\d+年度/
        - term: 受領番号
        - definition: /labor-kameido-\\d+/
        - term: 最終更新
        - definition: /亀戸事務所 所長/
        - paragraph: 未記入：現状・課題、具体的な取組内容、目標、今後の予定、結果
      - region "写真":
        - heading "写真" [level=2]
      - region "経過":
        - heading "経過" [level=2]
        - textbox "経過の内容"
        - radiogroup "進捗を変える":
          - radio "実施済"
          - radio "実施中" [checked]
        - button "経過を保存"
        - button "やめる"
      - region "フィードバック":
        - heading "フィードバック" [level=2]
      - region "変更の履歴":
        - heading "変更の履歴" [level=2]
        - button "履歴を表示"
    `)
    await page.getByRole('textbox', { name: '経過の内容' }).fill('案内板を注文した。')
    await untilSent(page, () => page.getByRole('button', { name: '経過を保存' }).click())
    await expect(page.getByRole('region', { name: '経過' })).toMatchAriaSnapshot(`
      - region "経過":
        - heading "経過" [level=2]
        - button "経過を追加"
        - list:
          - listitem:
            - text: /亀戸事務所 所長.*受領済/
            - paragraph: 案内板を注文した。
    `)
  })

  await test.step('局一覧 as a list on a tablet and as a table on a wide screen', async () => {
    await openInApp(page, '局一覧')
    await page.getByRole('searchbox', { name: '検索' }).fill('労働法')
    await expect(main).toMatchAriaSnapshot(`
      - navigation "局一覧のページ":
        - list:
          - listitem:
            - link "一覧"
          - listitem:
            - link "集計"
          - listitem:
            - link "変更点"
          - listitem:
            - link "公表"
      - heading "局一覧" [level=1]
      - search "絞り込み":
        - searchbox "検索": 労働法
        - button "検索語を消す"
        - combobox "年度"
        - combobox "部所"
        - combobox "進捗"
        - button "くわしい条件"
      - list "いまの条件":
        - listitem:
          - button "条件「検索：労働法」を外す"
      - paragraph:
        - text: 全33件のうち
        - status: 1件
      - button "並べ替え"
      - button "保存した条件"
      - button "印刷"
      - button "書き出す"
      - list:
        - listitem:
          - paragraph: No. 8
          - link "「労働法」で知名度アップ":
            - mark: 労働法
          - paragraph: /亀戸事務所/
          - text: 未設定 提出済 受領済
    `)
    await page.setViewportSize({ width: 1440, height: 900 })
    await expect(main).toMatchAriaSnapshot(`
      - region "局一覧":
        - table "局一覧":
          - rowgroup:
            - row:
              - columnheader "No."
              - columnheader "取組内容"
              - columnheader "部所名"
              - columnheader "進捗"
              - columnheader "段階"
              - columnheader "更新日"
              - columnheader "同期"
          - rowgroup:
            - row:
              - cell "8"
              - cell:
                - link "「労働法」で知名度アップ"
              - cell "亀戸事務所"
              - cell "未設定"
              - cell "提出済"
    `)
  })
})
