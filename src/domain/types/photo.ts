/** 写真 (photo): a picture on an initiative or one of its notes. Only ever added; its bytes travel apart from it [S24]. */
import * as v from 'valibot'
import { hasRole } from '../actor.ts'
import { MAX_BLOB_BYTES, PHOTO_SIDE, sha256Schema } from '../blobs.ts'
import { recordIdSchema } from '../ids.ts'
import { type RecordType, type Rule, textOf } from '../record.ts'
import { initiativeType } from './initiative.ts'
import { mayAddTo } from './note.ts'

/** A photo is not changed afterwards. */
const firstSave: Rule = (context) => mayAddTo(context) && context.record.rev === 0
const ownOrLeads: Rule = ({ actor, record, parent }) =>
  record.createdBy === actor.uid ||
  (hasRole(actor, 'lead') && parent !== undefined && textOf(parent, 'leadUnit') === actor.unit)

const whole = (label: string, max: number) =>
  ({
    label,
    schema: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(max)),
    merge: 'scalar',
    write: firstSave,
    required: true,
  }) as const
const hash = (label: string) =>
  ({ label, schema: sha256Schema, merge: 'scalar', write: firstSave, required: true }) as const

export const photoType: RecordType = {
  name: 'photo',
  version: 1,
  label: '写真',
  fields: {
    initiative: { label: '取組', schema: recordIdSchema, merge: 'scalar', write: firstSave, required: true },
    /** The note it was taken for. */
    note: { label: '経過', schema: recordIdSchema, merge: 'scalar', write: firstSave },
    sha256: hash('写真の内容'),
    thumbSha256: hash('縮小した写真の内容'),
    width: whole('幅', PHOTO_SIDE),
    height: whole('高さ', PHOTO_SIDE),
    bytes: whole('大きさ', MAX_BLOB_BYTES),
    caption: {
      label: '説明',
      schema: v.pipe(v.string(), v.maxLength(200)),
      merge: 'scalar',
      write: firstSave,
      freeText: true,
    },
  },
  transitions: [{ from: null, to: 'posted', by: mayAddTo }],
  remove: ownOrLeads,
  parent: { field: 'initiative', type: 'initiative' },
  maxPerParent: 20,
  blobs: ['sha256', 'thumbSha256'],
  unitOf: (_record, parent) => (parent === undefined ? '' : textOf(parent, 'leadUnit')),
  audienceRank: () => 0,
  feeds: (_record, parent) => (parent === undefined ? [] : initiativeType.feeds(parent, undefined)),
  facets: (record) => ({
    initiative: textOf(record, 'initiative'),
    note: textOf(record, 'note'),
    thumbSha256: textOf(record, 'thumbSha256'),
  }),
  searchText: (record) => [textOf(record, 'caption')],
}
