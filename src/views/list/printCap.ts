/** Rows on paper at most (4-ux rule 8). */
export const PRINT_CAP = 1_000
