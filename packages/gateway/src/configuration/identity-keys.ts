/** `identity`: who may prove to be whom. */
import type { z } from 'zod'
import { isLoopback } from './address.js'
import { expected, flag, listOf, name, section, text } from './keys.js'
import { secretText } from './secret.js'
import type { Surroundings } from './surroundings.js'

const issuerUrl = expected('the URL of an OIDC issuer: https, or http on loopback', (value) => {
  if (typeof value !== 'string' || !URL.canParse(value)) return undefined
  const url = new URL(value)
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const safe = url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(host))
  return safe && url.username === '' && url.password === '' && url.hash === '' && url.search === ''
    ? value
    : undefined
})

const pointer = expected(
  'a JSON Pointer into the claims such as `/preferred_username` (RFC 6901)',
  (value) => (typeof value === 'string' && /^(?:\/(?:[^~/]|~[01])+)+$/.test(value) ? value : undefined),
)

/** Names that stand for something else: `token` is a sign-in name (R9), `local` the local users' issuer. */
function notReserved(reserved: string, why: string) {
  return (value: { readonly name: string }, context: z.RefinementCtx) => {
    if (value.name === reserved) context.addIssue({ code: 'custom', path: ['name'], message: why })
  }
}

export function identitySection(surroundings: Surroundings) {
  const issuer = section({
    name: name("the issuer's name"),
    issuer: issuerUrl,
    audience: text('the audience that tokens must name'),
    subject: pointer.default('/sub'),
    groups: pointer.optional(),
    clients: listOf(text('a client id'), "client ids whose tokens are people's").default([]),
  }).superRefine(notReserved('local', '`local` names the local users: expected another name'))
  const user = section({
    name: name("the user's sign-in name"),
    password: secretText(surroundings).optional(),
    certificate: text("the subject of the user's certificate, such as `CN=etl,O=Example`").optional(),
    groups: listOf(name("a group's name"), 'group names').default([]),
    agent: flag.default(false),
  })
    .superRefine(notReserved('token', '`token` is the sign-in name of every token: expected another name'))
    .superRefine(({ password, certificate }, context) => {
      if (password === undefined && certificate === undefined)
        context.addIssue({
          code: 'custom',
          path: ['password'],
          message: 'is required, unless there is a `certificate`',
        })
    })
  return section({
    issuers: listOf(issuer, 'issuers').default([]),
    users: listOf(user, 'users').default([]),
  })
}
