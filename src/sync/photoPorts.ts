/** What photos ask of the tablet and of the network [S24]; db/ and transport/ implement these. */

/** What a photo's record says of its bytes. */
export interface PhotoFacts {
  readonly sha256: string
  readonly thumbSha256: string
  /** Pixels. */
  readonly width: number
  readonly height: number
  readonly bytes: number
}
