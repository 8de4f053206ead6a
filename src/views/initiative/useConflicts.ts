/** 要確認 of a row and of what hangs on it, in words, and settling them [S16]. */
import { type MaybeRefOrGetter, computed, shallowReadonly, shallowRef, toValue } from 'vue'
import type { ConflictVersion, ConflictView } from '../../components/initiative/conflictView.ts'
import { usePrivacyGate } from '../../composables/usePrivacyGate.ts'
import type { Actor } from '../../domain/actor.ts'
import { combineTexts } from '../../domain/combine.ts'
import { type Json, jsonEqual } from '../../domain/json.ts'
import { keptReasonsAfter, readKeptReasons } from '../../domain/keptReasons.ts'
import { type RecordType, type StoredRecord, fieldOf, textOf } from '../../domain/record.ts'
import { parseStage, stageLabel } from '../../domain/stage.ts'
import { typeOf } from '../../domain/types/index.ts'
import { useInitiatives } from '../../stores/initiatives.ts'
import { useSession } from '../../stores/session.ts'
import { useToasts } from '../../stores/toasts.ts'
import { useUnits } from '../../stores/units.ts'
import { conflictText } from '../../text/conflict.ts'
import { dateTimeText } from '../../text/dates.ts'
import { detailText } from '../../text/detail.ts'
import { fieldValueText } from '../../text/fieldValue.ts'
import { privacyText, savedText } from '../../text/privacy.ts'
import { fieldLabel, reasonText } from '../../text/saveError.ts'

/** An open conflict with the record it is about. */
export interface OpenConflict {
  readonly conflict: StoredRecord
  readonly target: StoredRecord
  readonly parent: StoredRecord | undefined
}

interface ConflictItem {
  readonly open: OpenConflict
  readonly view: ConflictView
}

/** Removal first, then fields, then the stage: a stage may need what a field's conflict still holds. */
const rank = (field: string): number => (field === 'removed' ? 0 : field === 'stage' ? 2 : 1)
const fieldIn = ({ conflict }: OpenConflict): string => textOf(conflict, 'field')

export function useConflicts(conflicts: MaybeRefOrGetter<readonly OpenConflict[]>) {
  const session = useSession()
  const initiatives = useInitiatives()
  const units = useUnits()
  const toasts = useToasts()
  const gate = usePrivacyGate()
  /** Id of the conflict being settled, and why the last one was refused. */
  const working = shallowRef<string>()
  const errors = shallowRef<Readonly<Record<string, string>>>({})

  const items = computed<ConflictItem[]>(() => {
    const actor = session.workplace?.actor
    if (actor === undefined) return []
    const all = [...toValue(conflicts)].sort((a, b) => rank(fieldIn(a)) - rank(fieldIn(b)))
    return all.map((open) => {
      const alike = all.filter(
        (other) => other.target.id === open.target.id && fieldIn(other) === fieldIn(open),
      )
      return { open, view: viewOf(open, { actor, index: alike.indexOf(open) + 1, count: alike.length }) }
    })
  })

  function viewOf(
    open: OpenConflict,
    { actor, index, count }: { actor: Actor; index: number; count: number },
  ): ConflictView {
    const { conflict, target } = open
    const field = fieldIn(open)
    const words = (value: Json): string => fieldValueText(field, value, units.nameOf, target.type)
    const spec = typeOf(target.type)?.fields[field]
    const [base, theirs, mine] = [fieldOf(conflict, 'base'), currentOf(open), fieldOf(conflict, 'mine')]
    const combinable =
      spec?.freeText === true &&
      obstacleTo(open, { actor, value: typeof mine === 'string' ? mine : '' }) === ''
    const title =
      field === 'removed'
        ? conflictText.removedTitle
        : field === 'stage'
          ? conflictText.stageTitle
          : conflictText.title(fieldLabel(target.type, field))
    return {
      title: count > 1 ? conflictText.place(title, index, count) : title,
      lead:
        field === 'removed'
          ? conflictText.removedLead
          : combinable
            ? conflictText.lead
            : conflictText.choiceLead,
      fieldLabel: fieldLabel(target.type, field),
      base: words(base),
      versions: [
        { ...theirsIn(open), text: words(theirs), ...consequenceOf(open, { actor, value: theirs }) },
        { ...mineIn(open), text: words(mine), ...consequenceOf(open, { actor, value: mine }) },
      ],
      draft: combinable ? draftOf(open, spec.merge === 'text') : undefined,
      singleLine: field === 'title',
    }
  }

  /** Whose text stands: that of the conflict, or of whoever changed it since. */
  function theirsIn(open: OpenConflict): Pick<ConflictVersion, 'key' | 'heading' | 'meta'> {
    const { conflict, target } = open
    const moved = !jsonEqual(currentOf(open), fieldOf(conflict, 'theirs'))
    const [by, at] = moved
      ? [target.updatedBy, target.updatedAt]
      : [textOf(conflict, 'theirsBy'), textOf(conflict, 'theirsAt')]
    const meta = conflictText.meta(units.memberName(by) || detailText.someone, dateTimeText(at))
    return { key: 'theirs', heading: conflictText.server, meta }
  }

  function mineIn({ conflict }: OpenConflict): Pick<ConflictVersion, 'key' | 'heading' | 'meta'> {
    const name = units.memberName(textOf(conflict, 'by')) || detailText.someone
    return { key: 'mine', heading: conflictText.mine(name), meta: dateTimeText(textOf(conflict, 'at')) }
  }

  /** Settles a conflict with one of its versions, or with a text made of both. Answers whether the row is gone by it. */
  async function settle(
    { open, view }: ConflictItem,
    choice: ConflictVersion['key'] | CombinedText,
  ): Promise<boolean> {
    const { conflict, target } = open
    if (working.value !== undefined) return false
    working.value = conflict.id
    const passed = typeof choice === 'object' ? await gate.ask([gatedField(open, view, choice)]) : undefined
    if (passed !== undefined && passed.type !== 'passed') {
      working.value = undefined
      const problem = passed.type === 'rewrite' ? privacyText.rewriteHere : ''
      errors.value = { ...errors.value, [conflict.id]: problem }
      return false
    }
    const value =
      typeof choice === 'object'
        ? textFor(open, view, passed?.texts[fieldIn(open)] ?? choice.text)
        : choice === 'theirs'
          ? currentOf(open)
          : fieldOf(conflict, 'mine')
    const kept =
      passed === undefined ? {} : { keptReasons: keptReasonsAfter(readKeptReasons(target), passed) }
    let saved = await initiatives.resolve(conflict, { target, value, ...kept })
    const removes = fieldIn(open) === 'removed' && value === true
    if (saved.ok && removes) saved = await initiatives.removeDraft(target)
    working.value = undefined
    const problem = saved.ok ? '' : reasonText(saved.error, target.type)
    errors.value = { ...errors.value, [conflict.id]: problem }
    if (problem === '')
      toasts.show(savedText(removes ? detailText.removed : detailText.resolved, passed?.companies ?? []))
    else toasts.show(problem, 'error')
    return removes && saved.ok
  }

  return { items, working: shallowReadonly(working), errors: shallowReadonly(errors), gate, settle }
}

/** A text made of both versions, and the element it was written in. */
interface CombinedText {
  readonly text: string
  readonly elementId: string
}

/** What both versions hold was asked about when each was saved. */
function gatedField(
  open: OpenConflict,
  { versions, fieldLabel: label }: ConflictView,
  combined: CombinedText,
) {
  const before = versions.map(({ text }) => text).join('\n')
  return { key: fieldIn(open), label, before, ...combined }
}

/** What stands now; the conflict keeps what stood when it arose. */
function currentOf({ conflict, target }: OpenConflict): Json {
  const field = textOf(conflict, 'field')
  if (field === 'stage') return target.stage
  return field === 'removed' ? fieldOf(conflict, 'theirs') : fieldOf(target, field)
}

/** A text that is the same as a version is that version: an empty one may have been null. */
function textFor(open: OpenConflict, { versions }: ConflictView, text: string): Json {
  const [theirs, mine] = versions
  if (text === theirs?.text) return currentOf(open)
  if (text === mine?.text) return fieldOf(open.conflict, 'mine')
  return text.trim() === '' ? null : text
}

function draftOf(open: OpenConflict, sentences: boolean): string {
  const [base, theirs, mine] = [
    fieldOf(open.conflict, 'base'),
    currentOf(open),
    fieldOf(open.conflict, 'mine'),
  ].map((value) => (typeof value === 'string' ? value : ''))
  if (base === undefined || theirs === undefined || mine === undefined) return ''
  if (sentences) return combineTexts(base, theirs, mine)
  return [theirs, mine].filter((text) => text !== '').join('／')
}

/** Why the person cannot write this value now; '' when they can. Leaving the record as it stands is always possible. */
function obstacleTo(open: OpenConflict, { actor, value }: { actor: Actor; value: Json }): string {
  const { target, parent } = open
  const type = typeOf(target.type)
  if (type === undefined || jsonEqual(value, currentOf(open))) return ''
  const field = fieldIn(open)
  const context = { actor, record: target, parent, value }
  if (field === 'stage') {
    const move = moveTo(type, target.stage, value)
    if (move === undefined) return conflictText.notFromHere(stageLabel(parseStage(target.stage)))
    return move.by(context) ? '' : conflictText.onlyLead
  }
  return type.fields[field]?.write(context) === true ? '' : conflictText.onlyLead
}

const moveTo = (type: RecordType, from: string, to: Json) =>
  type.transitions.find((transition) => transition.from === from && transition.to === to)

function consequenceOf(
  open: OpenConflict,
  { actor, value }: { actor: Actor; value: Json },
): Pick<ConflictVersion, 'obstacle' | 'consequence'> {
  if (fieldIn(open) !== 'removed')
    return { obstacle: obstacleTo(open, { actor, value }), consequence: conflictText.kept }
  if (value !== true) return { obstacle: '', consequence: conflictText.keeps }
  const { target, parent } = open
  const removable = typeOf(target.type)?.remove?.({ actor, record: target, parent }) === true
  return { obstacle: removable ? '' : conflictText.notRemovable, consequence: conflictText.removes }
}
