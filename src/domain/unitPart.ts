/** The 部 a unit is counted under: its parent, or itself where it has none. */
export const partOf = ({ id, parent }: { readonly id: string; readonly parent: string }): string =>
  parent === '' ? id : parent
