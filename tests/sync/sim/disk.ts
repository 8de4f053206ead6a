/** A tablet's disk: IndexedDB that a kill leaves as it was committed, and that can be copied. */
import { IDBFactory, IDBKeyRange } from 'fake-indexeddb'
import { dumpDatabase, loadDatabase } from '../../support/rawDatabase.ts'
import type { TabletOptions } from '../../../src/db/tablet.ts'
import { TabletDatabase, databaseName } from '../../../src/db/schema.ts'
import { Stop } from '../../../src/sync/stop.ts'
import type { BrowserLock } from '../../../src/sync/tabLock.ts'
import { type Release, schemaOf } from './release.ts'
import type { Mortal } from './scheduler.ts'

/** As IndexedDB counts the first schema: ten times Dexie's. */
const FIRST_VERSION = 10

/** What one tab sees of the disk. */
export interface Connection {
  readonly indexedDB: NonNullable<TabletOptions['indexedDB']>
  /** Undoes what is not committed, as the death of a tab does; answers whether there was any. */
  readonly cut: () => boolean
}

export class Disk {
  /** Units to which the person belonged when the app was opened on it: what waits looks different to each. */
  readonly units = new Set<string>()
  private readonly factory = new IDBFactory()
  private held: { readonly owner: Mortal; readonly lost: Stop; leaked: boolean } | undefined

  /** A connection of its own for each tab, as its release opens the database. */
  connect(release: Release): Connection {
    const open = new Set<IDBTransaction>()
    let alive = true
    const indexedDB: IDBFactory = {
      open: (name, version) => {
        if (!alive) throw new DOMException('the tab is dead', 'InvalidStateError')
        const request = this.factory.open(name, version)
        request.addEventListener('upgradeneeded', () => {
          if (request.transaction !== null) note(request.transaction, open)
        })
        request.addEventListener('success', () => noteTransactions(request.result, open))
        return request
      },
      deleteDatabase: (name) => this.factory.deleteDatabase(name),
      databases: () => this.factory.databases(),
      cmp: (a, b) => this.factory.cmp(a, b),
    }
    // What is today's code cannot run on the schema of a former release; its disk is turned back when the next one comes.
    const addons = release === 'next' ? [schemaOf(release)] : []
    const options = { indexedDB, IDBKeyRange, addons }
    return {
      indexedDB: options,
      cut() {
        alive = false
        return [...open].filter(abort).length > 0
      },
    }
  }

  /** Looks at the whole database of a person. */
  async look<T>(uid: string, view: (db: TabletDatabase) => Promise<T>): Promise<T> {
    // Whatever release it is of, looking does not change it.
    const found = (await this.factory.databases()).find(({ name }) => name === databaseName(uid))
    const addons = (found?.version ?? 0) > FIRST_VERSION ? [] : [schemaOf('first')]
    const db = new TabletDatabase(databaseName(uid), { indexedDB: this.factory, IDBKeyRange, addons })
    await db.open()
    try {
      return await view(db)
    } finally {
      db.close()
    }
  }

  /** The same content on another disk; of less than all tables, in the schema that knew no others. */
  async copy(uid: string, tables?: readonly string[]): Promise<Disk> {
    const copied = new Disk()
    for (const unit of this.units) copied.units.add(unit)
    const dump = await dumpDatabase(this.factory, databaseName(uid))
    const stores = dump.stores.filter(({ name }) => tables?.includes(name) ?? true)
    await loadDatabase(
      copied.factory,
      tables === undefined ? dump : { ...dump, stores, version: FIRST_VERSION },
    )
    await copied.look(uid, async ({ outbox, acked }) => {
      // The counter of the outbox goes on where it stood, beyond entries that have left it.
      const [last] = (await acked.toArray()).map(({ entry }) => entry).sort((a, b) => b.n - a.n)
      if (last === undefined || (await outbox.get(last.n)) !== undefined) return
      await outbox.put(last)
      await outbox.delete(last.n)
    })
    return copied
  }

  /** As the first release leaves it: in version 1 of the schema. */
  asLeftByTheFirstRelease(uid: string): Promise<Disk> {
    const { tables } = new TabletDatabase('unused', { addons: [schemaOf('first')] })
    return this.copy(
      uid,
      tables.map(({ name }) => name),
    )
  }

  /** The browser's lock of the tabs on this disk [S5]; it goes with its tab, unless it leaks. A broken one lets everybody in. */
  lock(owner: Mortal, { broken }: { broken: boolean }): BrowserLock {
    const hold = async (work: Parameters<BrowserLock['tryRun']>[0]): Promise<void> => {
      const held = { owner, lost: new Stop(), leaked: false }
      this.held = held
      try {
        await work(held.lost)
      } finally {
        if (this.held === held) this.held = undefined
      }
    }
    return {
      tryRun: async (work) => {
        const taken = this.held !== undefined && (!this.held.owner.dead || this.held.leaked)
        if (taken && !broken) return false
        await hold(work)
        return true
      },
      takeOver: async (work) => {
        this.held?.lost.now()
        await hold(work)
      },
    }
  }

  /** The lock stays taken although its tab is dead; false when nobody holds it. */
  leak(): boolean {
    if (this.held !== undefined) this.held.leaked = true
    return this.held !== undefined
  }
}

/** Keeps the running transactions of a database in `open`. */
function noteTransactions(db: IDBDatabase, open: Set<IDBTransaction>): void {
  const begin = db.transaction.bind(db)
  db.transaction = (...args) => {
    const transaction = begin(...args)
    note(transaction, open)
    return transaction
  }
}

function note(transaction: IDBTransaction, open: Set<IDBTransaction>): void {
  open.add(transaction)
  for (const end of ['complete', 'abort']) transaction.addEventListener(end, () => open.delete(transaction))
}

/** Answers whether it wrote, and now never has. */
function abort(transaction: IDBTransaction): boolean {
  try {
    transaction.abort()
    return transaction.mode !== 'readonly'
  } catch (error) {
    // It is being committed already.
    if (!(error instanceof DOMException) || error.name !== 'InvalidStateError') throw error
    return false
  }
}
