/**
 * Work of which one round runs at a time: asked for while it runs, it runs once more right after. Nobody's wish is lost: whoever
 * asks gets a promise that resolves after a round that began later. The work must not throw.
 */
export class Rounds {
  private readonly work: () => Promise<void>
  private running: Promise<void> | undefined
  private wanted = false
  private open: boolean

  constructor(work: () => Promise<void>, { open }: { open: boolean }) {
    this.work = work
    this.open = open
  }

  /** Ended: what runs comes to rest early, and nothing new begins. */
  get isEnded(): boolean {
    return !this.open
  }

  begin(): void {
    this.open = true
  }

  /** Runs now, or again right after the running round. Resolves when that is done; at once when ended. */
  run(): Promise<void> {
    if (!this.open) return Promise.resolve()
    this.wanted = true
    this.running ??= this.untilQuiet()
    return this.running
  }

  /** Lets nothing new begin; resolves when the running round has come to rest. */
  async end(): Promise<void> {
    this.open = false
    await this.running
  }

  private async untilQuiet(): Promise<void> {
    try {
      while (this.wanted && this.open) {
        this.wanted = false
        await this.work()
      }
    } finally {
      // In the same turn as the last look at `wanted`: no wish falls in between.
      this.running = undefined
    }
  }
}
