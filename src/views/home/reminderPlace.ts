/** Where a lead does what a reminder asks for; undefined for everything else. */
export function reminderPlace(kind: string, unit: string): string | undefined {
  if (kind === 'register') return '/log'
  return kind === 'update' ? `/list?unit=${unit}` : undefined
}
