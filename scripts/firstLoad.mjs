/** What the first paint needs goes into one chunk: it is one request, and packs better than many that lazy chunks share. */

/** Vite plugin: groups everything the entry imports statically. */
export function firstLoad() {
  const wanted = new Set()
  return {
    name: 'first-load',
    apply: 'build',
    config: () => ({
      build: {
        rolldownOptions: {
          output: {
            codeSplitting: { groups: [{ name: 'first', test: (id) => wanted.has(id) }] },
          },
        },
      },
    }),
    buildEnd() {
      const visit = (id) => {
        if (wanted.has(id)) return
        wanted.add(id)
        this.getModuleInfo(id)?.importedIds.forEach(visit)
      }
      for (const id of this.getModuleIds()) if (this.getModuleInfo(id)?.isEntry) visit(id)
    },
  }
}
