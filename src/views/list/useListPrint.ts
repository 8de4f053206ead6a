/** The list on paper, plain or with a QR code for each row. */
import { type MaybeRefOrGetter, shallowReadonly, shallowRef, toValue, watch } from 'vue'
import { usePrintSheet } from '../../composables/usePrintSheet.ts'
import type { InitiativeFilter } from '../../domain/initiativeFilter.ts'
import type { InitiativeItem } from '../../stores/initiatives.ts'
import { PRINT_CAP } from './printCap.ts'
import type { QrCode } from './qrCodes.ts'

export function useListPrint(
  rows: MaybeRefOrGetter<readonly InitiativeItem[]>,
  filter: MaybeRefOrGetter<InitiativeFilter>,
) {
  const { ready, print, drop } = usePrintSheet()
  /** QR codes by row, while the sheet to print has them. */
  const codes = shallowRef<ReadonlyMap<string, QrCode>>()

  watch(
    () => toValue(filter),
    () => {
      drop()
      codes.value = undefined
    },
  )

  async function printPlain(): Promise<void> {
    codes.value = undefined
    await print()
  }

  async function printCodes(): Promise<void> {
    const { qrCodes } = await import('./qrCodes.ts')
    const ids = toValue(rows)
      .slice(0, PRINT_CAP)
      .map(({ id }) => id)
    codes.value = await qrCodes(ids, location.origin)
    await print()
  }

  return { ready, codes: shallowReadonly(codes), printPlain, printCodes }
}
