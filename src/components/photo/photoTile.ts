/** A photo as the strip shows it. */
export interface PhotoTile {
  readonly id: string
  /** What it shows, or 「写真 n」. */
  readonly name: string
  /** Address of the thumbnail; undefined while there is none. */
  readonly src: string | undefined
  /** Where it is on its way; '' = all is well. */
  readonly mark: string
  /** Something is wrong with it. */
  readonly alert: boolean
}
