import { SYSTEM, commitAs } from '../../functions/src/commit.ts'
import type { Deps } from '../../functions/src/handlers/context.ts'
import { asRecordId } from '../../src/domain/ids.ts'

/** Moves a record to another stage: revokes a tablet, disables a person. */
export async function moveStage(
  deps: Deps,
  {
    type,
    id,
    from,
    to,
  }: { readonly type: string; readonly id: string; readonly from: string; readonly to: string },
): Promise<void> {
  const moved = await commitAs(deps, SYSTEM, [
    {
      v: 1,
      op: 'edit',
      type,
      id: asRecordId(id),
      stage: from,
      set: { stage: { from, to } },
      blobs: [],
      at: deps.now(),
    },
  ])
  if (!moved.ok) throw new Error(`${id} was not moved: ${JSON.stringify(moved.error)}`)
}
