/** What the tablet's own storage may come to, after what could be done about it was done [S7]. */

/** The quota is used up, and what could be fetched again is gone already. */
export class StorageFullError extends Error {
  override readonly name = 'StorageFullError'
}

/** A newer release has made the database: what this one wrote, that one could not read, and the other way round. */
export class NewerReleaseError extends Error {
  override readonly name = 'NewerReleaseError'
}

/** The connection to the database is closed and could not be opened anew: the page has to be loaded again. */
export class StorageDeadError extends Error {
  override readonly name = 'StorageDeadError'
}
