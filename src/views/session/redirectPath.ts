/** Where to go after signing in: a path of this app (one leading slash), else the home screen. */
export function redirectPath(asked: unknown): string {
  return typeof asked === 'string' && /^\/(?![/\\])/.test(asked) ? asked : '/'
}
