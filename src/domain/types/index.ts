/** The registry of record types: the one index file of the project. */
import type { Mutation } from '../mutation.ts'
import type { RecordType } from '../record.ts'
import { actionType } from './action.ts'
import { checkType } from './check.ts'
import { conflictType } from './conflict.ts'
import { cycleType } from './cycle.ts'
import { deviceType } from './device.ts'
import { feedbackType } from './feedback.ts'
import { figuresType } from './figures.ts'
import { initiativeType } from './initiative.ts'
import { meetingType } from './meeting.ts'
import { memberType } from './member.ts'
import { minuteType } from './minute.ts'
import { noteType } from './note.ts'
import { photoType } from './photo.ts'
import { reminderType } from './reminder.ts'
import { reviewType } from './review.ts'
import { unitType } from './unit.ts'
import { viewType } from './view.ts'

const TYPES: ReadonlyMap<string, RecordType> = new Map(
  [
    initiativeType,
    noteType,
    photoType,
    feedbackType,
    conflictType,
    unitType,
    figuresType,
    memberType,
    deviceType,
    reminderType,
    reviewType,
    cycleType,
    checkType,
    meetingType,
    minuteType,
    actionType,
    viewType,
  ].map((type) => [type.name, type]),
)

/** The type of that name; undefined when this version does not know it. */
export function typeOf(name: string): RecordType | undefined {
  return TYPES.get(name)
}

/** Names of every type. */
export const TYPE_NAMES: readonly string[] = [...TYPES.keys()]

/** Id of the record that what a create makes hangs on; undefined when its type has no parent or it names none. */
export function parentIdOf({ type, set }: Pick<Mutation, 'type' | 'set'>): string | undefined {
  const link = typeOf(type)?.parent
  const id = link === undefined ? null : set[link.field]?.to
  return typeof id === 'string' ? id : undefined
}
