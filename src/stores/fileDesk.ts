/** Reading and writing files, whose code loads when it is first asked for. */
import type { FileDesk } from './ports.ts'
import { requirePorts } from './session.ts'

/** A function that opens the desk; call it in a component's setup. */
export function useFileDesk(): () => Promise<FileDesk> {
  const { files } = requirePorts()
  return files
}
