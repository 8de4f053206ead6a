/** Input methods (IME): telling a key that only confirms a conversion from a key the app may act on. */

/** True while Japanese input is being converted. Safari ends the composition first, hence keyCode 229. */
export function isComposingKey(event: KeyboardEvent): boolean {
  return event.isComposing || event.keyCode === 229
}

/** For `@keydown`: the Enter that confirms a conversion does not submit the form around the field. */
export function holdEnterWhileComposing(event: KeyboardEvent): void {
  if (event.key === 'Enter' && isComposingKey(event)) event.preventDefault()
}
