/** What ConflictPanel shows of one 要確認. */
export interface ConflictVersion {
  readonly key: 'theirs' | 'mine'
  readonly heading: string
  /** Who and when. */
  readonly meta: string
  readonly text: string
  /** Why the person cannot choose it; '' when they can. */
  readonly obstacle: string
  /** What follows from choosing it. */
  readonly consequence: string
}

export interface ConflictView {
  readonly title: string
  readonly lead: string
  readonly fieldLabel: string
  readonly base: string
  readonly versions: readonly ConflictVersion[]
  /** The first draft for combining both; undefined where there is nothing to combine. */
  readonly draft: string | undefined
  readonly singleLine: boolean
}
