/**
 * Deliberate breakages of the product, one rule each, for `npm run test:sim:bite`. Each edit stands for exactly one place of
 * its file; it is made in memory, when the file is loaded.
 * @typedef {{file: string, find: string, put: string}} Edit
 * @type {readonly {name: string, rule: string, edits: readonly Edit[]}[]}
 */
export const BREAKAGES = [
  {
    name: 'the server answers a known number without looking at the content',
    rule: 'S10',
    edits: [
      {
        file: 'functions/src/handlers/intake.ts',
        find: 'return receipt?.hash === hash ? receipt : undefined',
        put: "return hash === '' ? undefined : receipt",
      },
    ],
  },
  {
    name: 'receipts are neither checked by the server nor by the tablet',
    rule: 'S13',
    edits: [
      {
        file: 'functions/src/handlers/intake.ts',
        find: 'return receipt?.hash === hash ? receipt : undefined',
        put: "return hash === '' ? undefined : receipt",
      },
      {
        file: 'src/db/sending.ts',
        find: 'if (entry === undefined || entry.hash !== receipt.hash) return []',
        put: 'if (entry === undefined) return []',
      },
    ],
  },
  {
    name: 'an entry is settled on any receipt, a parked one too',
    rule: 'S12',
    edits: [
      {
        file: 'src/db/sending.ts',
        find: "const state = receipt.outcome === 'parked' ? 'parked' : 'settled'",
        put: "const state = 'settled'",
      },
    ],
  },
  {
    name: 'cursors are written before the rows, in another transaction',
    rule: 'S21',
    edits: [
      {
        file: 'src/db/replica.ts',
        find: 'const wrong: Stream[] = []\n      await db.transaction(',
        put: `const wrong: Stream[] = []
      const { EMPTY_SUM } = await import('../domain/checksum.ts')
      for (const { stream, cursor } of response.pages) {
        const held = (await db.streams.get(stream)) ?? { count: 0, sum: EMPTY_SUM, wrong: false }
        await db.streams.put({ ...held, stream, epoch: cursor[0], seq: cursor[1] })
      }
      await db.transaction(`,
      },
    ],
  },
  {
    name: 'rows are written before the cursors, in another transaction',
    rule: 'S21',
    edits: [
      {
        file: 'src/db/applying.ts',
        find: 'await db.streams.put(state)',
        put: 'pendingStates.push(state)',
      },
      {
        file: 'src/db/applying.ts',
        find: '/** Rows of streams the person no longer reads leave the tablet; answers whether there were any such streams. */',
        put: 'export const pendingStates: StreamState[] = []',
      },
      {
        file: 'src/db/replica.ts',
        find: 'import { Touched, applyPage,',
        put: 'import { pendingStates, Touched, applyPage,',
      },
      {
        file: 'src/db/replica.ts',
        find: 'tell(touched)\n      if (wrong.length > 0)',
        put: 'tell(touched)\n      await db.streams.bulkPut(pendingStates.splice(0))\n      if (wrong.length > 0)',
      },
    ],
  },
  {
    name: 'the server answers before its transaction is committed',
    rule: 'S9',
    edits: [
      {
        file: 'functions/src/handlers/intake.ts',
        find: 'return await batch.deps.storage.transact((tx) => takeBatch(tx, batch))',
        put: `return await new Promise((resolve, reject) => {
      batch.deps.storage
        .transact(async (tx) => {
          const answer = await takeBatch(tx, batch)
          resolve(answer)
          return answer
        })
        .catch(reject)
    })`,
      },
    ],
  },
  {
    name: 'the merge ignores what the person started from',
    rule: 'S14',
    edits: [
      {
        file: 'src/domain/merge.ts',
        find: "if (jsonEqual(current, from)) return { type: 'set', value: mine }",
        put: "return { type: 'set', value: mine }",
      },
    ],
  },
  {
    name: 'the last mid is not advanced',
    rule: 'S10',
    edits: [
      {
        file: 'functions/src/handlers/intake.ts',
        find: 'lmid: fresh.at(-1)?.mid ?? lmid })',
        put: 'lmid })',
      },
    ],
  },
  {
    name: 'a parked mutation blocks the queue',
    rule: 'S12',
    edits: [
      {
        file: 'src/db/sending.ts',
        find: 'const batch: OutboxEntry[] = []',
        put: `const batch: OutboxEntry[] = []
  if ((await db.outbox.where('state').equals('parked').count()) > 0) return batch`,
      },
    ],
  },
  {
    name: 'a tombstone removes the row of other streams too',
    rule: 'S20',
    edits: [
      {
        file: 'src/db/applying.ts',
        find: 'rows.set(id, stored)',
        put: "rows.set(id, stored)\n    if (record === null) await db.rows.where('id').equals(id).delete()",
      },
    ],
  },
  {
    name: 'a renumbered entry keeps its old base',
    rule: 'S10',
    edits: [
      {
        file: 'src/db/sending.ts',
        find: 'base: await rebase(db, entry, renumbered)',
        put: 'base: entry.mutation.base',
      },
    ],
  },
  {
    name: 'a new epoch of the server goes unnoticed',
    rule: 'S22',
    edits: [
      {
        file: 'src/db/replica.ts',
        find: '.find((epoch) => !NO_EPOCHS.includes(epoch) && !asked.includes(epoch))',
        put: '.find(() => asked.length > 1e9)',
      },
    ],
  },
  {
    name: 'a cursor of another epoch is continued',
    rule: 'S22',
    edits: [
      {
        file: 'functions/src/handlers/pull.ts',
        find: 'cursor !== undefined && cursor[0] === head.epoch && cursor[1] <= head.seq && cursor[1] >= head.floor',
        put: 'cursor !== undefined',
      },
      {
        file: 'functions/src/handlers/pull.ts',
        find: 'if (cursor !== undefined && cursor[0] === head.epoch && cursor[1] === head.seq) continue',
        put: 'if (cursor !== undefined && cursor[1] >= head.seq) continue',
      },
    ],
  },
  {
    name: 'a patch is laid over whatever row is held',
    rule: 'S20',
    edits: [
      {
        file: 'src/domain/patch.ts',
        find: 'return Math.min(since[stream] ?? seq, seq)',
        put: 'return since[stream] === -1 ? 0 : seq',
      },
      { file: 'src/domain/patch.ts', find: 'held.seq < over || ', put: 'over < 0 || ' },
    ],
  },
  {
    name: 'settled entries are dropped before a complete pull',
    rule: 'S13',
    edits: [
      {
        file: 'src/db/sending.ts',
        find: "state === 'parked' && givenUp",
        put: "state === 'settled' || givenUp",
      },
    ],
  },
  {
    name: 'a conflict overwrites the earlier one',
    rule: 'S16',
    edits: [
      {
        file: 'functions/src/conflicts.ts',
        find: "const waits = before?.stage === 'open'\n    const mine",
        put: 'const waits = false\n    const mine',
      },
    ],
  },
  {
    name: 'an edit made in a draft is published after it was submitted',
    rule: 'S17',
    edits: [
      {
        file: 'src/domain/decide.ts',
        find: 'const widened = type.audienceRank(record.stage) > type.audienceRank(madeAt.stage)',
        put: 'const widened = false',
      },
    ],
  },
  {
    name: 'heads are not written with their rows',
    rule: 'S19',
    edits: [
      {
        file: 'functions/src/workspace.ts',
        find: "if (head !== undefined) this.tx.put('heads', stream, head)",
        put: "if (head !== undefined && head.seq % 5 > 0) this.tx.put('heads', stream, head)",
      },
    ],
  },
  {
    name: 'a row that leaves a stream leaves no tombstone',
    rule: 'S20',
    edits: [
      {
        file: 'functions/src/workspace.ts',
        find: 'for (const { stream } of gone) await this.writeRow(stream, { before, after, shown: null })',
        put: 'for (const { stream } of gone) await this.head(stream)',
      },
    ],
  },
  {
    name: 'notes do not follow their record into its new audience',
    rule: 'S20',
    edits: [
      {
        file: 'functions/src/workspace.ts',
        find: 'if (moved) await this.refeedChildren(before, stored)',
        put: 'if (before === next) await this.refeedChildren(before, stored)',
      },
    ],
  },
  {
    name: 'receipt numbers come from a counter that a restore sets back',
    rule: 'S13',
    edits: [
      {
        file: 'functions/src/workspace.ts',
        find: 'return `${head.epoch}-${shortNameOf',
        put: 'return `R-${shortNameOf',
      },
    ],
  },
  {
    name: 'a revoked tablet is wiped before its outbox is in quarantine',
    rule: 'S26',
    edits: [
      {
        file: 'src/sync/handOver.ts',
        find: 'if ((await empty()) && (await grant.drained())) grant.ended()',
        put: 'grant.ended()',
      },
    ],
  },
  {
    name: 'rights are those of the token, not of the member now',
    rule: 'S9',
    edits: [
      {
        file: 'functions/src/handlers/caller.ts',
        find: 'return ok(actor)\n}',
        put: `const token = tokens.get(caller) ?? actor
  tokens.set(caller, token)
  return ok(token)
}
/** A tablet goes on with the token it signed in with. */
const tokens = new Map<Caller, Actor>()`,
      },
    ],
  },
  {
    name: 'streams a person no longer reads stay on the tablet',
    rule: 'S20',
    edits: [
      {
        file: 'src/db/applying.ts',
        find: 'await dropRows(db, stream, touched)\n    await db.streams.delete(stream)',
        put: 'await db.streams.update(stream, { wrong: false })',
      },
    ],
  },
  {
    name: 'entry and number are saved in two transactions',
    rule: 'S1',
    edits: [
      {
        file: 'src/db/saving.ts',
        find: 'db.client.put({ ...client, nextMid: client.nextMid + tried.length })',
        put: 'Promise.resolve()',
      },
      {
        file: 'src/db/saving.ts',
        find: 'if (saved.ok) context.changed(',
        put: `if (saved.ok) await db.client.update('me', { nextMid: saved.value.at(-1).mid + 1 })
    if (saved.ok) context.changed(`,
      },
    ],
  },
  {
    name: 'a number of the outbox is left out',
    rule: 'S2',
    edits: [
      {
        file: 'src/db/saving.ts',
        find: 'nextMid: client.nextMid + tried.length })',
        put: 'nextMid: client.nextMid + tried.length + (client.nextMid % 7 === 0 ? 1 : 0) })',
      },
    ],
  },
]
