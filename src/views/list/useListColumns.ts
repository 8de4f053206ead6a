/** Columns of the table as this person chose them on this tablet. */
import { computed, shallowRef } from 'vue'
import * as v from 'valibot'
import { columnsOf } from '../../components/initiative/initiativeColumns.ts'
import { useSession } from '../../stores/session.ts'

/** Kept with the forms; the dot keeps it out of their list. */
const FORM_ID = '.listColumns'
const keptSchema = v.array(v.string())

export function useListColumns() {
  const session = useSession()
  const asked = shallowRef<readonly string[]>([])

  async function load(): Promise<void> {
    const kept = await session.workplace?.forms.load(FORM_ID)
    if (v.is(keptSchema, kept)) asked.value = kept
  }
  void load()

  /** [] = the columns a table begins with. */
  function choose(columns: readonly string[]): void {
    asked.value = columns
    void session.workplace?.forms.keep(FORM_ID, [...columns])
  }

  return { columns: computed(() => columnsOf(asked.value)), asked, choose }
}
