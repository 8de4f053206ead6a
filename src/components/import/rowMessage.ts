/** A line under a row of an import. */
export interface RowMessage {
  readonly tone: 'error' | 'warning' | 'info'
  readonly text: string
}

/** Tones of the chip that says what would be done. */
export type RowTone = 'neutral' | 'blue' | 'green' | 'outline' | 'red'
