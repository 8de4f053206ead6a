/** Something the operator can put right; its message says what, in their language. */
export class OpsError extends Error {
  override readonly name = 'OpsError'
}

/** What to print of an error: the message for the operator, everything of a bug. */
export function opsFailure(error: unknown): string {
  if (error instanceof OpsError) return error.message
  return `予期しないエラーです。\n${error instanceof Error ? (error.stack ?? error.message) : String(error)}`
}
