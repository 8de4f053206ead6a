/** What 35, 350 and 3,500 units ask of Firestore: counted costs of each request times a day's use. A calculation, not a measurement. */
import { markdown } from './tables.mjs'

/** Reads and writes of a request, as tests/firestore/cost.test.ts counts them in the adapter; docs/DEPLOY.md explains them. */
const COSTS = {
  emptyPull: { staff: 9, hq: 10 },
  /** Of a push, and of each edit in it. */
  push: { reads: 5, writes: 2 },
  edit: { reads: 2, writes: 4 },
  /** Of each new row. */
  creation: { reads: 7, writes: 4 },
  row: { reads: 1, writes: 0 },
  sighting: { reads: 4, writes: 5 },
}

/** A working day. `rowsEach`: changes of others that arrive, where there are 35 units; all see the whole list. */
const DAY = {
  tabletsAUnit: 9,
  hours: 2,
  pullsAnHour: 120,
  pushes: 6,
  edits: 10,
  creations: 2,
  rowsEach: 50,
  busyHours: 8,
  daysAMonth: 20,
}
/** Rows of a unit's list that are kept: 30 a year, of five years. About 1.5 kB each in a snapshot, 6.7 kB as JSON. */
const LIST = { rowsAUnit: 150, snapshotBytes: 1500, storedBytes: 6700 }
/** US dollars for 100,000; what Google publishes for several regions, the dearest. Tokyo is a single region and costs less. */
const PRICE = { reads: 0.06, writes: 0.18 }
const SHARED_HEADS = 4
const UNITS = [35, 350, 3500]

function day(units) {
  const tablets = units * DAY.tabletsAUnit
  // Everybody's changes reach everybody's list.
  const received = DAY.rowsEach * (units / UNITS[0])
  const pulls = DAY.hours * DAY.pullsAnHour
  const reads =
    pulls * COSTS.emptyPull.staff +
    DAY.pushes * COSTS.push.reads +
    DAY.edits * COSTS.edit.reads +
    DAY.creations * COSTS.creation.reads +
    received * COSTS.row.reads +
    DAY.hours * COSTS.sighting.reads
  const writes =
    DAY.pushes * COSTS.push.writes +
    DAY.edits * COSTS.edit.writes +
    DAY.creations * COSTS.creation.writes +
    DAY.hours * COSTS.sighting.writes
  const busySeconds = DAY.busyHours * 3600
  return {
    tablets,
    reads,
    writes,
    requests: pulls + DAY.pushes,
    dollars: (tablets * DAY.daysAMonth * (reads * PRICE.reads + writes * PRICE.writes)) / 100_000,
    sharedHead: (tablets * DAY.pushes) / busySeconds / SHARED_HEADS,
    hqHead: (tablets * DAY.hours) / busySeconds,
    requestsASecond: (tablets * (pulls + DAY.pushes)) / busySeconds,
    rows: units * LIST.rowsAUnit,
  }
}

const number =
  (digits = 0) =>
  (value) =>
    value.toLocaleString('en', { maximumFractionDigits: digits, minimumFractionDigits: digits })

const LINES = [
  ['Tablets', ({ tablets }) => tablets, number()],
  ['A tablet-day: reads', ({ reads }) => reads, number()],
  ['A tablet-day: writes', ({ writes }) => writes, number()],
  ['A tablet-day: requests', ({ requests }) => requests, number()],
  ['A month: reads and writes, US$', ({ dollars }) => dollars, number()],
  ['Requests a second, over eight hours', ({ requestsASecond }) => requestsASecond, number(1)],
  ['Writes a second to each head of the list', ({ sharedHead }) => sharedHead, number(2)],
  ['Writes a second to the head of `hq`', ({ hqHead }) => hqHead, number(2)],
  ['Rows of the list on a tablet', ({ rows }) => rows, number()],
  ['Snapshot, MB', ({ rows }) => (rows * LIST.snapshotBytes) / 1e6, number()],
  ['List on the tablet as JSON, MB', ({ rows }) => (rows * LIST.storedBytes) / 1e6, number()],
]

/** The calculation as Markdown. */
export function unitsTable() {
  const days = UNITS.map(day)
  return markdown(
    ['units', ...UNITS.map(number())],
    LINES.map(([label, figure, format]) => [label, ...days.map((each) => format(figure(each)))]),
  )
}
