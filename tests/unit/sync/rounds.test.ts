import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Rounds } from '../../../src/sync/rounds.ts'

test('whoever asks is answered after a round that began later, in whatever moment they ask', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.nat({ max: 12 }), { maxLength: 8 }),
      fc.nat({ max: 3 }),
      async (waits, workTurns) => {
        let begun = 0
        let running = 0
        const rounds = new Rounds(
          async () => {
            begun += 1
            running += 1
            expect(running).toBe(1)
            for (let turn = 0; turn < workTurns; turn += 1) await Promise.resolve()
            running -= 1
          },
          { open: true },
        )
        const asked = waits.map(async (turns) => {
          for (let turn = 0; turn < turns; turn += 1) await Promise.resolve()
          const before = begun
          await rounds.run()
          expect(begun).toBeGreaterThan(before)
        })
        await Promise.all(asked)
      },
    ),
  )
})

test('ended, it lets the running round come to rest and begins nothing new', async () => {
  let begun = 0
  const gate = Promise.withResolvers<undefined>()
  const rounds = new Rounds(
    async () => {
      begun += 1
      await gate.promise
    },
    { open: true },
  )
  const first = rounds.run()
  void rounds.run()
  const ended = rounds.end()
  gate.resolve(undefined)
  await Promise.all([first, ended])
  await rounds.run()
  expect(begun).toBe(1)
})
