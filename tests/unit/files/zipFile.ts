/** ZIPs and workbooks made by hand, to be as wrong as a test wants them. */
import { deflateRawSync } from 'node:zlib'

interface Part {
  readonly name: string
  readonly content: string | Uint8Array
  /** Size the directory claims, when it lies. */
  readonly claims?: number
  readonly encrypted?: boolean
}

export function zipOf(parts: readonly Part[]): Blob {
  const pieces: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const { name, content, claims, encrypted = false } of parts) {
    const bytes = Buffer.from(content)
    const packed = deflateRawSync(bytes)
    const nameBytes = Buffer.from(name)
    const local = Buffer.alloc(30)
    local.writeUInt32LE(0x04034b50, 0)
    local.writeUInt16LE(8, 8)
    local.writeUInt16LE(nameBytes.length, 26)
    const entry = Buffer.alloc(46)
    entry.writeUInt32LE(0x02014b50, 0)
    entry.writeUInt16LE(encrypted ? 1 : 0, 8)
    entry.writeUInt16LE(8, 10)
    entry.writeUInt32LE(packed.length, 20)
    entry.writeUInt32LE(claims ?? bytes.length, 24)
    entry.writeUInt16LE(nameBytes.length, 28)
    entry.writeUInt32LE(offset, 42)
    pieces.push(local, nameBytes, packed)
    directory.push(entry, nameBytes)
    offset += local.length + nameBytes.length + packed.length
  }
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(parts.length, 10)
  end.writeUInt32LE(offset, 16)
  return new Blob([Buffer.concat([...pieces, ...directory, end])])
}

const RELATIONS = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'

/** A workbook of one sheet, given as the XML of its rows. */
export function workbookOf(
  rows: string,
  { shared = '', extra = [] }: { shared?: string; extra?: readonly Part[] } = {},
): Blob {
  return zipOf([
    {
      name: 'xl/workbook.xml',
      content:
        '<?xml version="1.0"?><!-- by hand --><workbook><sheets><sheet name="非表示" state="hidden" r:id="r9"/><sheet name="一覧" r:id="r1"/></sheets></workbook>',
    },
    {
      name: 'xl/_rels/workbook.xml.rels',
      content: `<Relationships><Relationship Id="r1" Type="${RELATIONS}/worksheet" Target="/xl/worksheets/a.xml"/><Relationship Id="r2" Type="${RELATIONS}/sharedStrings" Target="sharedStrings.xml"/></Relationships>`,
    },
    { name: 'xl/sharedStrings.xml', content: `<sst>${shared}</sst>` },
    {
      name: 'xl/worksheets/a.xml',
      content: `<x:worksheet><x:sheetData>${rows}</x:sheetData></x:worksheet>`,
    },
    ...extra,
  ])
}
