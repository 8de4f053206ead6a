import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { BREAKAGES } from '../../scripts/breakages.mjs'

test.each(BREAKAGES)('the breakage "$name" still stands for one place of the source each', ({ edits }) => {
  for (const { file, find } of edits) {
    const source = readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8')
    expect({ file, find, places: source.split(find).length - 1 }).toEqual({ file, find, places: 1 })
  }
})
