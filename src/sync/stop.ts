/** Tells running work that it is no longer wanted: what of AbortController the engine needs, without the DOM. */
export interface StopSignal {
  readonly stopped: boolean
  /** Calls back once, at once when it has happened already. */
  onStop(listener: () => void): void
}

export class Stop implements StopSignal {
  stopped = false
  private readonly listeners: (() => void)[] = []

  onStop(listener: () => void): void {
    if (this.stopped) listener()
    else this.listeners.push(listener)
  }

  now(): void {
    if (this.stopped) return
    this.stopped = true
    for (const listener of this.listeners) listener()
  }

  /** What the work comes to, or `otherwise` as soon as it is stopped; nobody waits for it then. */
  async race<T>(work: Promise<T>, otherwise: T): Promise<T> {
    const stopped = new Promise<T>((resolve) => this.onStop(() => resolve(otherwise)))
    work.catch(() => undefined)
    return Promise.race([work, stopped])
  }
}
