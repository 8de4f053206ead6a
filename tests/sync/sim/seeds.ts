/** Seeds that once found something, with what they found. A change of what the simulation does gives them another course. */
export const KEPT_SEEDS: readonly (readonly [seed: number, found: string])[] = [
  [51, 'a decision about a conflict that a restored server had forgotten waited for ever'],
  [
    807735377,
    'a copied tablet on a restored server sent again, under new numbers, what the server had under others',
  ],
  [406, 'what a copied tablet had sent to a restored server was given new numbers, and applied twice'],
  [426, 'the same, without its answer having been noted'],
  [487, 'an edit waited for ever for a record that was created by the same batch'],
  [109, 'a person and a unit of one id were given the same receipt numbers'],
  [
    1579,
    'a decision for the text as it was, sent again to a restored server that never had it, left no trace',
  ],
  [1660, 'looking at rows and streams one after the other saw what no tablet held'],
  [14, 'a removal that waited was not seen in the list when the row came into a pack'],
  [369, 'a pack was given a number that another tab still remembered'],
  [507, 'what hung on a record that a restored server had forgotten was listed without it'],
  [1879, 'a backup was put back just before a stopped tablet, whose outbox was taken over, was wiped'],
]
