/** 端末 (device): a tablet one person has signed in on; enrolled by the server at sign-in [S26]. */
import * as v from 'valibot'
import { hasRole } from '../actor.ts'
import { isoTimeSchema, uidSchema } from '../ids.ts'
import { type RecordType, type Rule, textOf } from '../record.ts'

const system: Rule = ({ actor }) => hasRole(actor, 'system')
const keepers: Rule = ({ actor }) => hasRole(actor, 'admin', 'hq', 'system')

export const deviceType: RecordType = {
  name: 'device',
  version: 2,
  /** 2 adds lastSeenAt. */
  upcasts: [(set) => set],
  label: '端末',
  fields: {
    owner: { label: '利用者', schema: uidSchema, merge: 'scalar', write: system, required: true },
    label: {
      label: '端末名',
      schema: v.pipe(v.string(), v.maxLength(120)),
      merge: 'scalar',
      write: keepers,
      required: true,
    },
    enrolledAt: { label: '登録日時', schema: isoTimeSchema, merge: 'scalar', write: system, required: true },
    /** Public half of the tablet's own key (JWK, JSON text): what the tablet signs is checked with it. */
    publicKey: {
      label: '端末の公開鍵',
      schema: v.pipe(v.string(), v.maxLength(300)),
      merge: 'scalar',
      write: system,
    },
    /** When it last received, to the hour; since version 2. */
    lastSeenAt: { label: '最終接続', schema: isoTimeSchema, merge: 'scalar', write: system },
    lastSignInAt: { label: '最終ログイン', schema: isoTimeSchema, merge: 'scalar', write: system },
  },
  transitions: [
    { from: null, to: 'active', by: system },
    { from: 'active', to: 'revoked', by: keepers },
    { from: 'revoked', to: 'active', by: system },
  ],
  audienceRank: () => 0,
  /** The key is the server's business alone. */
  feeds: (record) => [
    { stream: 'hq', omit: ['publicKey'] },
    { stream: `user/${textOf(record, 'owner')}`, omit: ['publicKey'] },
  ],
  keyed: ['owner'],
  facets: (record) => ({ owner: textOf(record, 'owner'), stage: record.stage }),
  searchText: (record) => [textOf(record, 'label')],
}
