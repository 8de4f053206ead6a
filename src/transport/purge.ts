/** Destroying personal data over HTTP [S18]. */
import { purgeExtentSchema } from '../domain/purge.ts'
import type { PurgeDesk } from '../sync/peoplePorts.ts'
import type { Call } from './call.ts'

export function createPurgeDesk(call: Call): PurgeDesk {
  return {
    extent: (body) => call('/api/purge/extent', { body, schema: purgeExtentSchema }),
    purge: (body) => call('/api/purge', { body, schema: purgeExtentSchema }),
  }
}
