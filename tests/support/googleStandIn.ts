/** A stand-in for Google: key certificates and account look-ups of our own, for the real verifier of firebase-admin. */
import { once } from 'node:events'
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http'
import { Agent } from 'node:https'
import { type Socket, connect } from 'node:net'
import { type App, deleteApp, initializeApp } from 'firebase-admin/app'
import { type Auth, getAuth } from 'firebase-admin/auth'
import { type CryptoKey, type JWTPayload, SignJWT, exportSPKI, generateKeyPair } from 'jose'

const PROJECT = 'kaizencho-test'
const KEY_ID = 'key-1'

/** An account as Identity Toolkit answers it. */
export interface StandInAccount {
  readonly localId: string
  readonly disabled?: boolean
  /** Seconds; tokens of earlier sign-ins are revoked. */
  readonly validSince?: string
}

export interface GoogleStandIn {
  /** firebase-admin's own Auth, whose every connection ends here. */
  readonly auth: Auth
  readonly accounts: Map<string, StandInAccount>
  /** Requests that came, e.g. `GET www.googleapis.com/robot/v1/metadata/…`. */
  readonly requests: string[]
  /** Every answer is an error. */
  fail: boolean
  /** An ID token as Firebase would sign it; parts can be replaced. */
  readonly sign: (uid: string, parts?: TokenParts) => Promise<string>
  readonly publicKeyPem: string
  readonly close: () => Promise<void>
}

export interface TokenParts {
  readonly claims?: JWTPayload
  readonly header?: { readonly alg?: string; readonly kid?: string }
  readonly key?: CryptoKey | Uint8Array
  readonly noKeyId?: boolean
}

/** Whatever host is asked for, the plain connection goes to `port` on this machine. */
class LocalAgent extends Agent {
  private readonly port: number
  constructor(port: number) {
    super()
    this.port = port
  }
  override createConnection(): Socket {
    return connect(this.port, '127.0.0.1')
  }
}

let apps = 0

export async function startGoogle(): Promise<GoogleStandIn> {
  const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true })
  const publicKeyPem = await exportSPKI(publicKey)
  const accounts = new Map<string, StandInAccount>()
  const requests: string[] = []
  const state = { fail: false }

  const server: Server = createServer((request, response) => {
    requests.push(`${request.method} ${request.headers.host}${request.url}`)
    if (state.fail) response.writeHead(500).end()
    else if ((request.url ?? '').startsWith('/robot/v1/metadata/x509/securetoken@'))
      answer(response, { [KEY_ID]: publicKeyPem })
    else if ((request.url ?? '').endsWith(':lookup')) void lookUp(request, response, accounts)
    else response.writeHead(404).end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0

  apps += 1
  const app: App = initializeApp(
    {
      projectId: PROJECT,
      httpAgent: new LocalAgent(port),
      credential: { getAccessToken: async () => ({ access_token: 'ours', expires_in: 3600 }) },
    },
    `stand-in-${apps}`,
  )
  return {
    auth: getAuth(app),
    accounts,
    requests,
    get fail() {
      return state.fail
    },
    set fail(value) {
      state.fail = value
    },
    publicKeyPem,
    sign: (uid, { claims = {}, header = {}, key = privateKey, noKeyId = false } = {}) => {
      const nowS = Math.floor(Date.now() / 1000)
      return new SignJWT({
        iss: `https://securetoken.google.com/${PROJECT}`,
        aud: PROJECT,
        sub: uid,
        iat: nowS,
        exp: nowS + 3600,
        auth_time: nowS,
        ...claims,
      })
        .setProtectedHeader({ alg: 'RS256', typ: 'JWT', ...(noKeyId ? {} : { kid: KEY_ID }), ...header })
        .sign(key)
    },
    close: async () => {
      await deleteApp(app)
      server.closeAllConnections()
      server.close()
    },
  }
}

async function lookUp(
  request: IncomingMessage,
  response: ServerResponse,
  accounts: ReadonlyMap<string, StandInAccount>,
): Promise<void> {
  let body = ''
  for await (const chunk of request) body += String(chunk)
  const asked: unknown = JSON.parse(body)
  const ids =
    typeof asked === 'object' && asked !== null && 'localId' in asked && Array.isArray(asked.localId)
      ? asked.localId
      : []
  const users = ids.flatMap((id) => accounts.get(String(id)) ?? [])
  answer(response, users.length === 0 ? {} : { users })
}

function answer(response: ServerResponse, body: object): void {
  response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'max-age=3600' })
  response.end(JSON.stringify(body))
}
