/** Hands a file to the person: the share sheet on tablets, a download elsewhere. Call it right in a tap. */
export interface FileToSave {
  readonly name: string
  readonly title: string
  /** Its bytes; anything else becomes JSON. */
  readonly content: Blob | object
}

/** Whether this device shares files: then each needs a tap of its own. Web apps on the iPad's home screen cannot download. */
export function sharesFiles(): boolean {
  return window.matchMedia('(pointer: coarse)').matches && typeof navigator.canShare === 'function'
}

/** True when the file was handed over, false when the person closed the share sheet. */
export async function saveFile({ name, title, content }: FileToSave): Promise<boolean> {
  const bytes =
    content instanceof Blob
      ? content
      : new Blob([JSON.stringify(content, null, 2)], { type: 'application/json' })
  const file = new File([bytes], name, { type: bytes.type })
  const data = { files: [file], title }
  if (sharesFiles() && navigator.canShare(data)) {
    try {
      await navigator.share(data)
      return true
    } catch (error) {
      if (error instanceof DOMException && error.name === 'AbortError') return false
      console.error('Sharing did not work; downloading instead.', error)
    }
  }
  const url = URL.createObjectURL(file)
  const link = document.createElement('a')
  link.href = url
  link.download = name
  document.body.append(link)
  link.click()
  link.remove()
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
  return true
}
