/**
 * Headers of every answer. The page runs our own files only, is framed by nobody and tells nobody where it was; what the API
 * answers is data and nothing else.
 */
import type { RequestHandler } from 'express'
import helmet from 'helmet'

const SELF = "'self'"
const NONE = "'none'"

/** Everything but the camera (photos of a place of work) is switched off. */
const PERMISSIONS_POLICY = [
  'camera=(self)',
  ...[
    'accelerometer',
    'autoplay',
    'browsing-topics',
    'display-capture',
    'geolocation',
    'gyroscope',
    'hid',
    'magnetometer',
    'microphone',
    'midi',
    'payment',
    'serial',
    'usb',
    'xr-spatial-tracking',
  ].map((feature) => `${feature}=()`),
].join(', ')

interface Options {
  /** The server speaks HTTPS itself, so that browsers may be told to insist on it. */
  readonly tls: boolean
}

const insistOnTls = (tls: boolean) =>
  tls ? { maxAge: 365 * 24 * 60 * 60, includeSubDomains: false } : (false as const)

/** Of answers of the API: should a browser ever show one, nothing in it loads, runs or is framed. */
export function dataHeaders({ tls }: Options): RequestHandler {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { defaultSrc: [NONE], frameAncestors: [NONE] },
    },
    crossOriginResourcePolicy: { policy: 'same-origin' },
    strictTransportSecurity: insistOnTls(tls),
    crossOriginOpenerPolicy: false,
    originAgentCluster: false,
    referrerPolicy: false,
    xDnsPrefetchControl: false,
    xDownloadOptions: false,
    xFrameOptions: false,
    xPermittedCrossDomainPolicies: false,
    xXssProtection: false,
  })
}

/** Of the page and its files. */
export function securityHeaders({ tls }: Options): RequestHandler[] {
  return [
    helmet({
      contentSecurityPolicy: {
        useDefaults: false,
        directives: {
          defaultSrc: [NONE],
          scriptSrc: [SELF],
          styleSrc: [SELF],
          imgSrc: [SELF, 'blob:', 'data:'],
          connectSrc: [SELF],
          manifestSrc: [SELF],
          workerSrc: [SELF],
          fontSrc: [SELF],
          objectSrc: [NONE],
          baseUri: [NONE],
          formAction: [SELF],
          frameAncestors: [NONE],
        },
      },
      crossOriginOpenerPolicy: { policy: 'same-origin' },
      crossOriginResourcePolicy: { policy: 'same-origin' },
      referrerPolicy: { policy: 'no-referrer' },
      strictTransportSecurity: insistOnTls(tls),
      xFrameOptions: { action: 'deny' },
    }),
    (_request, response, next) => {
      response.setHeader('Permissions-Policy', PERMISSIONS_POLICY)
      next()
    },
  ]
}
