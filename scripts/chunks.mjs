/**
 * Which modules share a file. What the first paint needs goes into one, what signing in needs into another; what most
 * screens use is one more, for a tablet that installs the app asks for every file of it.
 */

/** What a new tablet loads next: the page it signs in on, and what speaks with the server. */
const SIGNING_IN = /\/src\/(?:views\/session\/SignInView\.vue|transport\/(?:embeddedAuth|engine)\.ts)$/

/** Vite plugin: groups what the entry imports statically, what signing in does, and what many screens share. */
export function chunks() {
  const first = new Set()
  const signIn = new Set()
  return {
    name: 'chunks',
    apply: 'build',
    config: () => ({
      build: {
        rolldownOptions: {
          output: {
            codeSplitting: {
              groups: [
                { name: 'first', priority: 5, test: (id) => first.has(id) },
                { name: 'sign-in', priority: 4, test: (id) => signIn.has(id) },
                { name: 'icons', priority: 3, test: /~icons/ },
                { name: 'common', priority: 2, minShareCount: 8 },
              ],
            },
          },
        },
      },
    }),
    buildEnd() {
      const reach = (id, found) => {
        if (found.has(id)) return
        found.add(id)
        this.getModuleInfo(id)?.importedIds.forEach((imported) => reach(imported, found))
      }
      for (const id of this.getModuleIds()) {
        if (this.getModuleInfo(id)?.isEntry) reach(id, first)
        if (SIGNING_IN.test(id)) reach(id, signIn)
      }
    },
  }
}
