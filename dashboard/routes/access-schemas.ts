/** What the routes about people and their access take and answer. */
import { minPasswordLength, roles } from '../answers.ts'
import { maxEmailLength } from '../session/form-routes.ts'
import { maxPasswordLength } from '../session/passwords.ts'
import { list, object, type Schema, text, time } from './schemas.ts'

const role: Schema = { type: 'string', enum: roles, description: 'Each may do what those before it may' }
const email: Schema = { type: 'string', minLength: 3, maxLength: maxEmailLength, description: 'E-mail address' }
const body = (properties: Record<string, Schema>): Schema => ({ ...object(properties), additionalProperties: false })

export const sessionSchema = object({
  by: { type: 'string', enum: ['administrator', 'member', 'token', 'link'] },
  name: text('E-mail address of a member, name of a token or a shared link'),
  administrator: { type: 'boolean', description: 'Whether all sites, replays and the pipeline are theirs' },
})
export const passwordBodySchema = body({
  current: { type: 'string', maxLength: maxPasswordLength, description: 'The password that you have' },
  next: {
    type: 'string',
    minLength: minPasswordLength,
    maxLength: maxPasswordLength,
    description: 'The password that you want',
  },
})

const invitation = {
  id: text('Its name: a hash of its secret'),
  email: text('Whom it is for'),
  role,
  createdAt: time('When it was made'),
  expiresAt: time('Until when it works'),
}
const reset = {
  id: text('Its name: a hash of its secret'),
  email: text('Whom it is for'),
  createdAt: time('When it was made'),
  expiresAt: time('Until when it works'),
}
export const membersSchema = object({
  members: list(object({ email: text('E-mail address'), role, createdAt: time('Member since') })),
  invitations: list(object(invitation)),
  resets: list(object(reset)),
})
export const newInvitationSchema = object({ ...invitation, url: text('The link; it is told once') })
export const invitationBodySchema = body({ email, role })
export const memberBodySchema = body({ email, role })
export const memberEmailSchema = body({ email })
export const newResetSchema = object({ ...reset, url: text('The link; it is told once') })

const tokenRoles = [...roles, 'administrator']
const name: Schema = { type: 'string', minLength: 1, maxLength: 64, pattern: '\\S', description: 'What it is for' }
const token = {
  id: text('Its name in addresses: a hash of it'),
  name: text('What it is for'),
  site: { type: ['string', 'null'], description: 'The site that it is for; null: the installation' },
  role: { type: 'string', enum: tokenRoles, description: 'What it may do; administrator: of the installation alone' },
  createdBy: text('Who made it'),
  createdAt: time('When it was made'),
  usedAt: { type: ['string', 'null'], description: 'When it was last used, to the minute' },
}
export const tokensSchema = object({ tokens: list(object(token)) })
export const newTokenSchema = object({ ...token, token: text('The token; it is told once') })
export const siteTokenBodySchema = body({ name, role })
export const installationTokenBodySchema = body({
  name,
  role: { type: 'string', enum: tokenRoles, description: 'At every site; administrator: replays and the pipeline too' },
})

const link = {
  id: text('Its name in addresses: a hash of its secret'),
  name: text('What it is for'),
  password: { type: 'boolean', description: 'Whether it asks for a password' },
  createdBy: text('Who made it'),
  createdAt: time('When it was made'),
  expiresAt: { type: ['string', 'null'], description: 'Until when it works; null: until it is revoked' },
}
export const linksSchema = object({ links: list(object(link)) })
export const newLinkSchema = object({ ...link, url: text('The link; it is told once') })
export const linkBodySchema: Schema = {
  type: 'object',
  required: ['name'],
  additionalProperties: false,
  properties: {
    name,
    password: {
      type: 'string',
      minLength: minPasswordLength,
      maxLength: maxPasswordLength,
      description: 'What it asks for; without one, whoever has the link may look',
    },
    expiresAt: {
      type: 'string',
      maxLength: 40,
      description: 'ISO 8601: until when it works; without it, until revoked',
    },
  },
}

export const installationEntryParams = object({
  id: { type: 'string', maxLength: 64, description: 'Name of the entry' },
})
export const entryParams = object({
  site: { type: 'string', maxLength: 64, description: 'Name of the site' },
  id: { type: 'string', maxLength: 64, description: 'Name of the entry' },
})
