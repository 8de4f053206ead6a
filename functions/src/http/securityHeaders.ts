/** Headers of every answer: the page runs our own files only, is framed by nobody and tells nobody where it was. */
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

/** `tls`: the server speaks HTTPS itself, so that browsers may be told to insist on it. */
export function securityHeaders({ tls }: { readonly tls: boolean }): RequestHandler[] {
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
      strictTransportSecurity: tls ? { maxAge: 365 * 24 * 60 * 60, includeSubDomains: false } : false,
      xFrameOptions: { action: 'deny' },
    }),
    (_request, response, next) => {
      response.setHeader('Permissions-Policy', PERMISSIONS_POLICY)
      next()
    },
  ]
}
