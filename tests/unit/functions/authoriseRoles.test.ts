/** Raw requests of people whose role does not allow what they want. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Intention } from '../../../src/domain/mutation.ts'
import { reviewIdOf } from '../../../src/domain/types/review.ts'
import { type RolesWorld, edit, openRolesWorld, refused } from '../../support/rolesWorld.ts'
import { draftValues, enrol, intention, newId } from '../../support/world.ts'

let world: RolesWorld
beforeEach(async () => {
  world = await openRolesWorld()
})
afterEach(() => world.close())

describe('acts that need a role', () => {
  test('staff cannot submit; once the lead has, they go on editing text and progress, and withdraw nothing', async () => {
    const id = newId()
    await world.send(
      'staff',
      intention('initiative', 'create', { id, set: draftValues('kameido', '棚の整理') }),
    )
    const submit = edit(id, { stage: 'submitted' }, { from: { stage: 'draft' } })
    expect(await world.send('staff', submit)).toMatchObject(refused)
    expect(await world.send('lead', submit)).toMatchObject({ outcome: 'accepted' })
    expect(
      await world.send(
        'staff',
        edit(id, { title: '直し' }, { stage: 'submitted', from: { title: '棚の整理' } }),
      ),
    ).toMatchObject({ outcome: 'accepted' })
    expect(
      await world.send(
        'staff',
        edit(id, { stage: 'withdrawn' }, { stage: 'submitted', from: { stage: 'submitted' } }),
      ),
    ).toMatchObject(refused)
    expect(await world.send('staff', edit(id, { progress: 'doing' }, { stage: 'submitted' }))).toMatchObject({
      outcome: 'accepted',
    })
  })

  test('headquarters returns a row only with a reason, and marks 好事例 and No.', async () => {
    const id = newId()
    const values = { ...draftValues('kameido', '棚の整理'), stage: 'submitted' }
    await world.send('lead', intention('initiative', 'create', { id, set: values }))
    const from = { stage: 'submitted' }
    expect(
      await world.send('hq', edit(id, { stage: 'returned' }, { stage: 'submitted', from })),
    ).toMatchObject({
      outcome: 'parked',
      reason: { type: 'missingValue', field: 'returnReason' },
    })
    expect(
      await world.send('hq', edit(id, { no: 3, goodPractice: true }, { stage: 'submitted' })),
    ).toMatchObject({
      outcome: 'accepted',
    })
    expect(
      await world.send('lead', edit(id, { no: 1 }, { stage: 'submitted', from: { no: 3 } })),
    ).toMatchObject(refused)
    const back = edit(
      id,
      { stage: 'returned', returnReason: '目標を書いてください。' },
      { stage: 'submitted', from },
    )
    expect(await world.send('hq', back)).toMatchObject({ outcome: 'accepted' })
  })

  describe('本部レビュー is headquarters’ alone', () => {
    let id: string
    beforeEach(async () => {
      id = newId()
      const values = { ...draftValues('kameido', '棚の整理'), stage: 'submitted' }
      await world.send('lead', intention('initiative', 'create', { id, set: values }))
    })
    const given = (feedbackId: string, initiative: string): Intention =>
      intention('feedback', 'create', {
        id: feedbackId,
        set: { stage: 'open', initiative, kind: 'advice', text: '数字も書いてください。' },
      })
    const review = (owner: string, initiative: string): Intention =>
      intention('review', 'create', {
        id: reviewIdOf(owner, initiative),
        set: { stage: 'seen', initiative, rev: 1, ownRev: 1 },
      })

    test.each(['staff', 'lead', 'other', 'admin', 'exec'])(
      '%s gives no feedback, no 好事例, no 差戻し and no 確認',
      async (uid) => {
        const from = { stage: 'submitted' }
        const returned = { stage: 'returned', returnReason: '直してください。' }
        for (const forbidden of [
          given(newId(), id),
          edit(id, { goodPractice: true }, { stage: 'submitted' }),
          edit(id, returned, { stage: 'submitted', from }),
          review(uid, id),
          review('hq', id),
        ]) {
          expect(await world.send(uid, forbidden)).toMatchObject(refused)
        }
      },
    )

    test('feedback is closed, opened again and its text changed by nobody but headquarters', async () => {
      const feedback = newId()
      await world.send('hq', given(feedback, id))
      const moved = (to: string, from = 'open'): Intention =>
        intention('feedback', 'edit', {
          id: feedback,
          set: { stage: to },
          from: { stage: from },
          stage: from,
        })
      for (const uid of ['staff', 'lead', 'other', 'exec'])
        expect(await world.send(uid, moved('closed'))).toMatchObject(refused)
      expect(await world.send('hq', moved('closed'))).toMatchObject({ outcome: 'accepted' })
      expect(await world.send('lead', moved('open', 'closed'))).toMatchObject(refused)
      expect(await world.send('hq', moved('open', 'closed'))).toMatchObject({ outcome: 'accepted' })
    })

    test('what a person has reviewed is read and written by that person alone', async () => {
      await enrol(world, 'hq2', 'somu', ['hq'])
      expect(await world.send('hq2', review('hq', id))).toMatchObject(refused)
      expect(await world.send('hq', review('hq', id))).toMatchObject({ outcome: 'accepted' })
      const forged = intention('review', 'edit', {
        id: reviewIdOf('hq', id),
        set: { rev: 9 },
        from: { rev: 1 },
        stage: 'seen',
      })
      expect(await world.send('hq2', forged)).toMatchObject(refused)
      expect(await world.everythingPulledBy('hq')).toContain(reviewIdOf('hq', id))
      expect(await world.everythingPulledBy('hq2')).not.toContain(reviewIdOf('hq', id))
    })
  })

  test.each(['staff', 'lead', 'exec', 'hq'])('%s cannot become administrator', async (uid) => {
    const grab = intention('member', 'edit', {
      id: uid,
      set: { roles: ['admin', 'hq'] },
      from: { roles: [uid] },
      stage: 'active',
    })
    expect((await world.send(uid, grab)).outcome).toBe('parked')
    const forged = { stage: 'active', name: 'x', email: 'x@test.example', unit: 'somu', roles: ['admin'] }
    expect((await world.send(uid, intention('member', 'create', { id: newId(), set: forged }))).outcome).toBe(
      'parked',
    )
  })

  test('headquarters cannot take an administrator’s roles away', async () => {
    const demote = intention('member', 'edit', {
      id: 'admin',
      set: { roles: ['staff'] },
      from: { roles: ['admin'] },
      stage: 'active',
    })
    expect(await world.send('hq', demote)).toMatchObject(refused)
  })

  test('staff cannot change master data, devices or conflict records', async () => {
    expect(
      await world.send(
        'staff',
        intention('unit', 'create', {
          id: 'x',
          set: { stage: 'active', name: 'x', shortName: 'x', kind: 'office' },
        }),
      ),
    ).toMatchObject(refused)
    const revive = intention('device', 'edit', {
      id: 'dev-staff',
      set: { owner: 'other' },
      from: { owner: 'staff' },
      stage: 'active',
    })
    expect(await world.send('staff', revive)).toMatchObject(refused)
    const conflict = { stage: 'open', target: 'a', targetType: 'initiative', field: 'title', by: 'staff' }
    expect(
      await world.send('staff', intention('conflict', 'create', { id: 'a.title.staff', set: conflict })),
    ).toMatchObject(refused)
  })

  test('mail addresses and roles of others do not leave headquarters', async () => {
    const received = await world.everythingPulledBy('staff')
    expect(received).toContain('"name":"hq"')
    expect(received).not.toContain('hq@test.example')
    expect(await world.everythingPulledBy('hq')).toContain('staff@test.example')
  })
})
