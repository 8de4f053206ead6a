/** Log lines as Cloud Logging reads them: one JSON object a line, with its severity. No personal data. */
import type { RequestLine } from '../http/api.ts'

/** Writes one answered request. */
export function logRequest({ method, path, status, ms, at }: RequestLine): void {
  const severity = status >= 500 ? 'ERROR' : status >= 400 ? 'WARNING' : 'INFO'
  writeLine({ severity, message: `${method} ${path} ${status}`, status, ms, at })
}

/** Writes a bug. */
export function logError(error: unknown): void {
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error)
  writeLine({ severity: 'ERROR', message })
}

function writeLine(line: Readonly<Record<string, string | number>>): void {
  process.stdout.write(`${JSON.stringify(line)}\n`)
}
