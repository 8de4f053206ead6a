/** The built app: hashed files for ever, everything else asked for again, and the page for every address of the app. */
import { join } from 'node:path'
import express, { Router } from 'express'

const YEAR_MS = 365 * 24 * 60 * 60 * 1000

/** Paths of the app's own pages. */
const APP_PATH = /^\/(?:initiatives\/[A-Za-z0-9._-]+|[a-z-]*)$/

/** Serves `distDir`. Only navigations get the page: a missing script must not be answered with HTML. */
export function staticFiles(distDir: string): Router {
  const router = Router()
  router.use(
    '/assets',
    express.static(join(distDir, 'assets'), {
      immutable: true,
      maxAge: YEAR_MS,
      index: false,
      redirect: false,
    }),
    (_request, response) => {
      response.setHeader('Cache-Control', 'no-store')
      response.status(404).type('text/plain').send('Not found')
    },
  )
  router.use(
    express.static(distDir, {
      index: false,
      redirect: false,
      setHeaders: (response) => response.setHeader('Cache-Control', 'no-cache'),
    }),
  )
  router.get('/{*path}', (request, response, next) => {
    const asksForPage = (request.headers.accept ?? '').includes('text/html')
    // Monitors and other tools ask with */*: they get the page where one is, and 404 for any file that is not there.
    if (!asksForPage && !(APP_PATH.test(request.path) && request.accepts('html') !== false)) {
      next()
      return
    }
    response.setHeader('Cache-Control', 'no-cache')
    // With a root, a dot somewhere in its path hides nothing.
    response.sendFile('index.html', { root: distDir, cacheControl: false }, (error) => {
      if (error instanceof Error && !response.headersSent) next(error)
    })
  })
  return router
}
