import { expect, test } from 'vitest'
import { nextTick, shallowRef } from 'vue'
import { asRecordId } from '../../../src/domain/ids.ts'
import { useDesk } from '../../../src/views/review/useDesk.ts'

const row = (name: string, at = '2026-11-01') => ({ id: asRecordId(name), at })

test('a row that is being confirmed is not opened again when the queue changes meanwhile', async () => {
  const queue = shallowRef([row('last')])
  const { open, moveBeyond } = useDesk(queue)
  expect(open.value?.id).toBe('last')
  moveBeyond(new Set([asRecordId('last')]))
  // A sync brings something else of it before the confirmation is saved.
  queue.value = [row('last')]
  await nextTick()
  expect(open.value).toBeUndefined()
  queue.value = []
  await nextTick()
  queue.value = [row('next', '2026-11-02')]
  await nextTick()
  expect(open.value?.id).toBe('next')
})

test('a row that stays in the queue, as its confirmation could not be saved, can be opened by hand', async () => {
  const queue = shallowRef([row('last')])
  const { open, moveBeyond, show } = useDesk(queue)
  moveBeyond(new Set([asRecordId('last')]))
  show(asRecordId('last'))
  queue.value = [row('last')]
  await nextTick()
  expect(open.value?.id).toBe('last')
})
