/** Hands a JSON file to the person: the share sheet on tablets, a download elsewhere. Call it right in a tap. */
export interface JsonFile {
  readonly name: string
  readonly title: string
  readonly content: object
}

/** True when the file was handed over, false when the person closed the share sheet. */
export async function saveFile({ name, title, content }: JsonFile): Promise<boolean> {
  const file = new File([JSON.stringify(content, null, 2)], name, { type: 'application/json' })
  const data = { files: [file], title }
  // Web apps on the iPad's home screen cannot download.
  if (window.matchMedia('(pointer: coarse)').matches && navigator.canShare?.(data)) {
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
