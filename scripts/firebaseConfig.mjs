/** firebase.json for the emulators, made from the one that is deployed: other places, other ports, one more address. */

/** `authOrigin` is where the page may reach the auth emulator instead of Google's servers. */
export function emulatorConfig(production, { ports, authOrigin }) {
  const { hosting, functions } = production
  return {
    hosting: {
      ...hosting,
      predeploy: [],
      public: 'site',
      headers: hosting.headers.map(({ headers, ...where }) => ({
        ...where,
        headers: headers.map(({ key, value }) => ({
          key,
          value: value.replace(/connect-src [^;]*/, `connect-src 'self' ${authOrigin}`),
        })),
      })),
    },
    functions: { ...functions, predeploy: [], source: 'functions' },
    emulators: {
      ...Object.fromEntries(Object.entries(ports).map(([name, port]) => [name, { host: '127.0.0.1', port }])),
      ui: { enabled: false },
      singleProjectMode: true,
    },
  }
}
