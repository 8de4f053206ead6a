import { expect, test } from 'vitest'
import { commitAs } from '../../functions/src/commit.ts'
import { history } from '../../functions/src/handlers/history.ts'
import { asDeviceId } from '../../src/domain/ids.ts'
import { draftValues, enrol, intention, newId, openWorld } from '../support/world.ts'

test('[S18] a text somebody decided for stays in the history, also where the record says otherwise by then', async () => {
  const world = await openWorld()
  const staff = await enrol(world, 'staff', 'kameido', ['staff'])
  const id = newId()
  const current = { detail: '受付を電話にした。' }
  const decided = { detail: '受付を窓口にした。' }
  const write = async (...all: Parameters<typeof commitAs>[2]): Promise<void> =>
    expect(await commitAs(world.deps, staff, all)).toMatchObject({ ok: true })
  await write(
    intention('initiative', 'create', { id, set: { ...draftValues('kameido', '受付'), ...current } }),
  )
  // As a decision for the text as it was is sent again to a server restored from a backup that never had it [S22].
  await write(intention('initiative', 'edit', { id, stage: 'draft', set: decided, from: decided }))
  const answer = await history(world.deps, { uid: staff.uid, deviceId: asDeviceId('dev-staff') }, { id })
  expect(answer).toMatchObject({
    ok: true,
    value: {
      entries: [
        { rev: 1 },
        { rev: 1, set: { detail: { from: current.detail, to: current.detail, mine: decided.detail } } },
      ],
    },
  })
  await world.close()
})
