/** 確認 (review): which revision of a 取組 one person of headquarters has seen (M4-15). Read and written by that person alone. */
import * as v from 'valibot'
import { hasRole } from '../actor.ts'
import { type RecordId, type Uid, asRecordId, recordIdSchema } from '../ids.ts'
import { type RecordType, type Rule, fieldOf, textOf } from '../record.ts'

/** One a person and 取組, so that every tablet of the person means the same record. */
export function reviewIdOf(uid: Uid | string, initiative: RecordId | string): RecordId {
  return asRecordId(`review.${uid}.${initiative}`)
}

const owner: Rule = ({ actor, record }) =>
  hasRole(actor, 'hq') &&
  record.createdBy === actor.uid &&
  record.id === reviewIdOf(actor.uid, textOf(record, 'initiative'))

const revision = v.pipe(v.number(), v.integer(), v.minValue(0))

export const reviewType: RecordType = {
  name: 'review',
  version: 1,
  label: '確認',
  fields: {
    initiative: {
      label: '取組',
      schema: recordIdSchema,
      merge: 'scalar',
      write: (context) => owner(context) && context.record.rev === 0,
      required: true,
    },
    /** Revision that was seen; 0 = taken back. Two tablets of one person come to the higher. */
    rev: { label: '確認した版', schema: revision, merge: 'max', write: owner, required: true },
    /** Revision it has after the person's own changes that were on their way then. */
    ownRev: { label: '自分の変更までの版', schema: revision, merge: 'max', write: owner },
  },
  transitions: [{ from: null, to: 'seen', by: owner }],
  audienceRank: () => 0,
  feeds: (record) => [{ stream: `user/${record.createdBy}` }],
  facets: (record) => ({
    initiative: textOf(record, 'initiative'),
    rev: Number(fieldOf(record, 'rev') ?? 0),
    ownRev: Number(fieldOf(record, 'ownRev') ?? 0),
  }),
  searchText: () => [],
}
