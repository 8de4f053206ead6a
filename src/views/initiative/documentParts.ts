/** What the 取組 says as a document, on the screen and on paper: facts for the table, then its sections in order. */
import { fiscalYearLabel } from '../../domain/fiscal.ts'
import { type Initiative, VIEWPOINT_IDS } from '../../domain/types/initiative.ts'
import { dateTimeText } from '../../text/dates.ts'
import { detailText } from '../../text/detail.ts'
import { goalFiguresText } from '../../text/goalFigures.ts'
import { formText, initiativeText } from '../../text/initiative.ts'
import { scheduleText } from '../../text/junRange.ts'

interface Names {
  /** Short name of a unit. */
  unit(id: string): string
  /** Name of a person, '' when unknown. */
  member(uid: string): string
}

export interface DocumentFact {
  readonly term: string
  readonly value: string
  /** The value leads there. */
  readonly to?: string
}

export interface DocumentSection {
  readonly heading: string
  readonly text: string
}

/** Facts that hold a value; 進捗 and 段階 are shown apart, by shape and word. */
export function factsOf(
  row: Initiative,
  { names, receiptNo }: { names: Names; receiptNo: string },
): DocumentFact[] {
  const who = names.member(row.updatedBy)
  const facts: DocumentFact[] = [
    { term: initiativeText.unit, value: row.unitLabel || names.unit(row.leadUnit) },
    { term: detailText.joint, value: row.jointUnits.map((id) => names.unit(id)).join('、') },
    { term: detailText.fiscalYear, value: fiscalYearLabel(row.fiscalYear) },
    { term: initiativeText.no, value: row.no === null ? '' : String(row.no) },
    { term: formText.theme, value: row.theme },
    {
      term: formText.viewpoints,
      value: VIEWPOINT_IDS.filter((id) => row.viewpoints.includes(id))
        .map((id) => formText.viewpoint[id])
        .join('、'),
    },
    { term: formText.lifeWorkBalance, value: row.lifeWorkBalance ? detailText.applies : '' },
    ...(row.carriedFrom === null
      ? []
      : [{ term: formText.carriedFrom, value: detailText.open, to: `/initiatives/${row.carriedFrom}` }]),
    { term: detailText.receipt, value: receiptNo },
    { term: detailText.updated, value: `${dateTimeText(row.updatedAt)}${who === '' ? '' : `　${who}`}` },
  ]
  return facts.filter(({ value }) => value !== '')
}

/** 現状・課題／取組／目標／予定／結果, the texts also when empty: what is missing is seen. */
export function sectionsOf(row: Initiative): DocumentSection[] {
  const onlyIf = (heading: string, text: string): DocumentSection[] =>
    text === '' ? [] : [{ heading, text }]
  return [
    { heading: formText.background, text: row.background },
    { heading: formText.detail, text: row.detail },
    { heading: formText.goal, text: row.goal },
    ...onlyIf(row.goalIndicator || formText.figures, goalFiguresText(row)),
    ...onlyIf(formText.schedule, scheduleText(row.schedule)),
    { heading: formText.plan, text: row.plan },
    { heading: formText.result, text: row.result },
  ]
}
