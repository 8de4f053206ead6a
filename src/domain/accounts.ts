/** Accounts as they cross the network: headquarters makes, renews and closes them; a person changes their own password. */
import * as v from 'valibot'
import { roleSchema } from './actor.ts'
import { uidSchema, unitIdSchema } from './ids.ts'

/** Shortest password a person may choose (NIST SP 800-63B: length, no rules about characters). */
export const MIN_PASSWORD_LENGTH = 12

const emailSchema = v.pipe(v.string(), v.trim(), v.toLowerCase(), v.email(), v.maxLength(254))

/** POST /api/accounts/create */
export const createAccountRequestSchema = v.strictObject({
  email: emailSchema,
  name: v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(60)),
  unit: unitIdSchema,
  roles: v.pipe(v.array(roleSchema), v.minLength(1), v.maxLength(6)),
})

/** POST /api/accounts/reset-password */
export const resetPasswordRequestSchema = v.strictObject({ uid: uidSchema })

/** POST /api/accounts/set-disabled */
export const setDisabledRequestSchema = v.strictObject({ uid: uidSchema, disabled: v.boolean() })

/** What became of it. `password` is a one-time password, answered once and stored nowhere. */
export const accountResponseSchema = v.variant('type', [
  v.object({ type: v.literal('done'), uid: uidSchema, password: v.optional(v.string()) }),
  v.object({ type: v.literal('emailTaken') }),
  v.object({ type: v.literal('lastAdmin') }),
  v.object({ type: v.literal('notAllowed') }),
])
export type AccountResponse = v.InferOutput<typeof accountResponseSchema>

/** POST /api/session/change-password */
export const changePasswordRequestSchema = v.strictObject({
  oldPassword: v.pipe(v.string(), v.minLength(1), v.maxLength(256)),
  newPassword: v.pipe(v.string(), v.maxLength(256)),
})

/** `wrongPassword`: the old one is not theirs. `common`: everybody would guess the new one. */
export const changePasswordResponseSchema = v.variant('type', [
  v.object({ type: v.literal('changed') }),
  v.object({ type: v.literal('wrongPassword') }),
  v.object({ type: v.literal('weakPassword'), reason: v.picklist(['tooShort', 'common', 'same']) }),
])
export type ChangePasswordResponse = v.InferOutput<typeof changePasswordResponseSchema>
