/** Who is signed in on this tablet, and their workplace. */
import { defineStore } from 'pinia'
import { computed, inject, shallowReadonly, shallowRef, watch } from 'vue'
import { hasRole } from '../domain/actor.ts'
import type { Role } from '../domain/actor.ts'
import { type Lease, isLeaseSpent } from '../domain/lease.ts'
import { type Result, err, ok } from '../domain/result.ts'
import type { Passwords, PasswordError, Profile, SignInError } from '../sync/peoplePorts.ts'
import { NewerReleaseError } from '../sync/storageErrors.ts'
import { type AppPorts, PORTS, type Workplace } from './ports.ts'

export type SessionState =
  | { readonly type: 'loading' }
  | { readonly type: 'signedOut' }
  | { readonly type: 'signedIn'; readonly workplace: Workplace }
  /** The person may not use this tablet any more; `wiped` once nothing of theirs is left on it [S26]. */
  | { readonly type: 'ended'; readonly wiped: boolean }
  /** The database cannot be opened (private mode, broken profile), or `isNewer`: a newer release has made it. */
  | { readonly type: 'noStorage'; readonly isNewer: boolean }

/** Why signing out was refused: work would be lost. */
export interface UnsentWork {
  readonly queued: number
  readonly parked: number
  /** Photos whose record is there and whose bytes are not. */
  readonly photos: number
}

export const useSession = defineStore('session', () => {
  const ports = requirePorts()
  const state = shallowRef<SessionState>({ type: 'loading' })
  const workplace = computed(() => (state.value.type === 'signedIn' ? state.value.workplace : undefined))
  const profile = computed(() => workplace.value?.profile)
  /** The one-time password of this person is still to be replaced. */
  const mustChangePassword = shallowRef(false)
  watch(profile, (person) => (mustChangePassword.value = person?.mustChangePassword === true), {
    immediate: true,
  })

  const lease = shallowRef<Lease>()
  /** The app is locked until it meets the server. */
  const isLocked = computed(() => lease.value !== undefined && isLeaseSpent(lease.value))
  /** The person has just given their password: time to ask for a PIN. */
  const invitesPin = shallowRef(false)

  async function open(person: Profile): Promise<void> {
    try {
      const opened = await ports.openWorkplace(person)
      opened.onLease((next) => (lease.value = next))
      opened.onEnded(() => void end(opened))
      state.value = { type: 'signedIn', workplace: opened }
    } catch (error) {
      refuse(error)
    }
  }

  function refuse(error: unknown): void {
    console.error('The local database did not open.', error)
    state.value = { type: 'noStorage', isNewer: error instanceof NewerReleaseError }
  }

  /** Opens the last person's workplace; works offline. */
  async function restore(): Promise<void> {
    try {
      const person = await ports.auth.restore()
      if (person === undefined) state.value = { type: 'signedOut' }
      else await open(person)
    } catch (error) {
      refuse(error)
    }
  }

  async function signIn(credentials: {
    email: string
    password: string
  }): Promise<Result<void, SignInError>> {
    const answer = await enter(await ports.auth.signIn(credentials))
    invitesPin.value = answer.ok
    return answer
  }

  /** Opens the workplace of whoever has signed in. */
  async function enter<E>(answer: Result<Profile, E>): Promise<Result<void, E>> {
    if (!answer.ok) return answer
    const current = workplace.value
    if (current?.profile.uid === answer.value.uid) {
      void current.sync.now()
      return ok(undefined)
    }
    if (current !== undefined) await close(current)
    await open(answer.value)
    return ok(undefined)
  }

  const { bureau } = ports.auth
  const bureauSignIn =
    bureau === undefined
      ? undefined
      : {
          leave: () => bureau.leave(),
          /** Opens the workplace of whoever came back; undefined when nobody had left. */
          async comeBack(): Promise<Result<void, SignInError> | undefined> {
            const answer = await bureau.comeBack()
            return answer === undefined ? undefined : enter(answer)
          },
        }

  /** Signs out and empties the tablet of the person's data; refuses while anything has not reached the server. */
  async function signOut(): Promise<Result<void, UnsentWork>> {
    const current = workplace.value
    if (current === undefined) return ok(undefined)
    await current.sync.now()
    const unsettled = await current.outbox.unsettled()
    const queued = unsettled.filter((entry) => entry.state === 'queued').length
    const photos = await unsentPhotos(current)
    if (unsettled.length > 0 || photos > 0) return err({ queued, parked: unsettled.length - queued, photos })
    // The other tabs close first; what one of them saved in between is seen here and kept.
    ports.otherTabs.announce({ uid: current.profile.uid, how: 'left' })
    const late = await current.outbox.unsettled()
    if (late.length > 0) return err({ queued: late.length, parked: 0, photos: 0 })
    await ports.auth.signOut(current.profile.uid)
    await current.destroy()
    state.value = { type: 'signedOut' }
    return ok(undefined)
  }

  /** Tries to send them; answers how many are left. */
  async function unsentPhotos(current: Workplace): Promise<number> {
    const photos = await current.photos()
    await photos?.send()
    return (await photos?.waiting())?.length ?? 0
  }

  /** Gives the tablet to someone else: session, database and outbox stay, here and in no other tab anybody is in. */
  async function leave(): Promise<void> {
    const current = workplace.value
    if (current === undefined) return
    await ports.leave()
    state.value = { type: 'signedOut' }
    await close(current)
  }

  async function close(current: Workplace): Promise<void> {
    invitesPin.value = false
    ports.otherTabs.announce({ uid: current.profile.uid, how: 'left' })
    await current.close()
  }

  let ending = false
  /** Closes every view of the person, then wipes the tablet; what cannot be wiped yet is tried at the next sync [S26]. */
  async function end(current: Workplace): Promise<void> {
    if (ending) return
    ending = true
    state.value = { type: 'ended', wiped: false }
    ports.otherTabs.announce({ uid: current.profile.uid, how: 'ended' })
    try {
      if (await ports.wipe(current)) state.value = { type: 'ended', wiped: true }
    } catch (error) {
      console.error('The tablet was not wiped.', error)
    } finally {
      ending = false
    }
  }

  /** After an end: back to the sign-in page. */
  function forget(): void {
    state.value = { type: 'signedOut' }
  }

  ports.otherTabs.onDeparture(({ uid, how }) => {
    const current = workplace.value
    if (current === undefined || String(current.profile.uid) !== uid) return
    state.value = how === 'left' ? { type: 'signedOut' } : { type: 'ended', wiped: true }
    void current.close()
  })

  /** Changes the person's password; the tablet then asks who they are, so that it stops asking for a new one. */
  async function changePassword(passwords: Passwords): Promise<Result<void, PasswordError>> {
    const current = workplace.value
    if (current === undefined) return err({ type: 'signInNeeded' })
    const changed = await current.accounts.changePassword(passwords)
    if (!changed.ok) return changed
    mustChangePassword.value = false
    await ports.auth.headers(current.profile.uid, { fresh: true })
    return ok(undefined)
  }

  function has(...roles: readonly Role[]): boolean {
    const actor = workplace.value?.actor
    return actor !== undefined && hasRole(actor, ...roles)
  }

  return {
    state: shallowReadonly(state),
    workplace,
    profile,
    mustChangePassword: shallowReadonly(mustChangePassword),
    changePassword,
    restore,
    loadAhead: ports.loadAhead,
    signIn,
    enter,
    leave,
    forget,
    lease: shallowReadonly(lease),
    isLocked,
    invitesPin: shallowReadonly(invitesPin),
    putOffPin: () => void (invitesPin.value = false),
    bureauSignIn,
    signOut,
    has,
  }
})

/** The ports main.ts provides; a store used without them is a bug. */
export function requirePorts(): AppPorts {
  const ports = inject(PORTS)
  if (ports === undefined) throw new Error('Stores need the ports that main.ts provides.')
  return ports
}
