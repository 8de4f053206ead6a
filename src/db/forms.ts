/** Forms being typed into [S3]. What the database does not take lies aside in this tab until it does [S7]. */
import * as v from 'valibot'
import type { IsoTime, Uid } from '../domain/ids.ts'
import type { Forms } from '../sync/ports.ts'
import type { Steady } from './steady.ts'
import { type FormDraft, type TabletDatabase, databaseName } from './schema.ts'

/** What is used of sessionStorage. */
export type Aside = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>

const asideSchema = v.array(v.object({ id: v.string(), value: v.unknown(), savedAt: v.string() }))

/** Where a person's forms lie aside. */
export function asideKey(uid: string): string {
  return `${databaseName(uid)}-forms`
}

export function createForms(
  db: TabletDatabase,
  { uid, now, steady, aside }: { uid: Uid; now: () => IsoTime; steady: Steady; aside?: Aside | undefined },
): Forms {
  const key = asideKey(uid)

  function readAside(): FormDraft[] {
    try {
      return v.parse(asideSchema, JSON.parse(aside?.getItem(key) ?? '[]'))
    } catch {
      return []
    }
  }
  function writeAside(forms: readonly FormDraft[]): void {
    if (forms.length === 0) aside?.removeItem(key)
    else aside?.setItem(key, JSON.stringify(forms))
  }
  const forgetAside = (id: string): void => writeAside(readAside().filter((form) => form.id !== id))

  /** What an earlier page of this tab had to leave aside, unless another tab has kept the form since. */
  async function putBack(): Promise<void> {
    for (const form of readAside()) {
      await steady.run(() =>
        db.transaction('rw', db.forms, async () => {
          const held = await db.forms.get(form.id)
          if (held === undefined || held.savedAt < form.savedAt) await db.forms.put(form)
        }),
      )
      forgetAside(form.id)
    }
  }
  const ready = putBack().catch((error: unknown) => console.error('A form still lies aside.', error))

  return {
    async load(id) {
      await ready
      return (readAside().find((form) => form.id === id) ?? (await steady.run(() => db.forms.get(id))))?.value
    },
    async keep(id, value) {
      const form = { id, value, savedAt: now() }
      try {
        await steady.run(() => db.forms.put(form))
        forgetAside(id)
      } catch (error) {
        if (aside === undefined) throw error
        writeAside([...readAside().filter((each) => each.id !== id), form])
      }
    },
    async drop(id) {
      forgetAside(id)
      await steady.run(() => db.forms.delete(id))
    },
    async list() {
      await ready
      const kept = await steady.run(() => db.forms.toArray())
      const forms = new Map([...kept, ...readAside()].map((form) => [form.id, form]))
      return [...forms.values()]
        .filter(({ id }) => !id.startsWith('.'))
        .sort((a, b) => (a.savedAt < b.savedAt ? 1 : -1))
        .map(({ id }) => id)
    },
  }
}
