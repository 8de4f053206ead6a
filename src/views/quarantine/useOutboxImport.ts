/** Taking an outbox file into quarantine [S27], part by part; what was sent once counts once, however often it is tried. */
import { shallowReadonly, shallowRef } from 'vue'
import {
  MAX_OUTBOX_FILE_BYTES,
  type OutboxBatch,
  type OutboxFile,
  batchesOf,
  parseOutboxFile,
} from '../../domain/outboxFile.ts'
import { useSession } from '../../stores/session.ts'
import type { HeldDesk } from '../../stores/ports.ts'
import { outboxImportText } from '../../text/quarantine.ts'

/** What became of the file's mutations. */
export interface ImportResult {
  /** They wait for a decision. */
  readonly held: number
  /** The server has applied them. */
  readonly known: number
  /** The server had refused them when the tablet sent them. */
  readonly parked: number
  readonly left: number
  /** Why some were left, one sentence each. */
  readonly problems: readonly string[]
}

const NOTHING: ImportResult = { held: 0, known: 0, parked: 0, left: 0, problems: [] }

export function useOutboxImport() {
  const session = useSession()
  const file = shallowRef<OutboxFile>()
  const error = shallowRef<string>()
  const result = shallowRef<ImportResult>()
  /** Mutations dealt with so far; undefined while nothing runs. */
  const done = shallowRef<number>()

  function reset(): void {
    file.value = undefined
    error.value = undefined
    result.value = undefined
  }

  async function read(chosen: File): Promise<void> {
    reset()
    const parsed =
      chosen.size > MAX_OUTBOX_FILE_BYTES
        ? ({ ok: false, error: { type: 'tooLarge' } } as const)
        : parseOutboxFile(await chosen.text())
    if (parsed.ok) file.value = parsed.value
    else error.value = outboxImportText.error[parsed.error.type]
  }

  async function take(): Promise<void> {
    const chosen = file.value
    if (chosen === undefined || done.value !== undefined) return
    error.value = undefined
    done.value = 0
    try {
      const desk = await session.workplace?.held()
      if (desk === undefined) error.value = outboxImportText.offline
      else result.value = await takeAll(desk, chosen)
    } finally {
      done.value = undefined
    }
  }

  /** Undefined when it stopped midway; `error` then says why. */
  async function takeAll(
    desk: HeldDesk,
    { uid, deviceId, clients }: OutboxFile,
  ): Promise<ImportResult | undefined> {
    let sum = NOTHING
    for (const client of clients) {
      for (const batch of batchesOf({ clients: [client] })) {
        const answer = await desk.take({ ...batch, uid, deviceId })
        if (!answer.ok) {
          const { type } = answer.error
          error.value = type === 'refused' ? refusalText(answer.error.refusal.type) : outboxImportText.offline
          if (type === 'malformed' || type === 'signInNeeded') error.value = outboxImportText.failed
          return undefined
        }
        if (answer.value.type !== 'receipts') {
          // Those behind it in the same outbox cannot come before it.
          const first = batch.mutations[0]?.mid ?? 0
          const left = client.mutations.filter(({ mid }) => mid >= first).length
          sum = { ...sum, left: sum.left + left, problems: [...sum.problems, problemOf(answer.value, batch)] }
          break
        }
        sum = plus(sum, answer.value.receipts)
        done.value = (done.value ?? 0) + batch.mutations.length
      }
    }
    return sum
  }

  return {
    file: shallowReadonly(file),
    error: shallowReadonly(error),
    result: shallowReadonly(result),
    done: shallowReadonly(done),
    read,
    take,
    reset,
  }
}

type Answered = Extract<Awaited<ReturnType<HeldDesk['take']>>, { readonly ok: true }>['value']

function plus(
  sum: ImportResult,
  receipts: Extract<Answered, { type: 'receipts' }>['receipts'],
): ImportResult {
  const parked = receipts.filter(({ outcome }) => outcome === 'parked')
  const held = parked.filter(({ reason }) => reason?.type === 'quarantined').length
  return {
    ...sum,
    held: sum.held + held,
    parked: sum.parked + parked.length - held,
    known: sum.known + receipts.length - parked.length,
  }
}

function problemOf(answer: Exclude<Answered, { type: 'receipts' }>, { mutations }: OutboxBatch): string {
  return answer.type === 'gap'
    ? outboxImportText.gap(answer.lmid, mutations[0]?.mid ?? 0)
    : outboxImportText.reused(answer.mid)
}

function refusalText(refusal: string): string {
  switch (refusal) {
    case 'foreignClient':
      return outboxImportText.foreign
    case 'forbidden':
      return outboxImportText.forbidden
    case 'notFound':
      return outboxImportText.unknownPerson
    case 'tooLarge':
      return outboxImportText.tooLarge
    case 'busy':
      return outboxImportText.offline
    default:
      return outboxImportText.failed
  }
}
