/** The answer to AuthenticationMD5Password (Postgres manual, §54.2.1): for old upstreams, under TLS only. */
import { createHash } from 'node:crypto'

/** `md5` and 32 hexadecimal digits; `salt` is the 4 bytes of the request. */
export function md5Response(user: string, password: string, salt: Uint8Array): string {
  const inner = md5(Buffer.from(password + user, 'utf8'))
  return `md5${md5(Buffer.concat([Buffer.from(inner, 'latin1'), salt]))}`
}

function md5(data: Uint8Array): string {
  return createHash('md5').update(data).digest('hex')
}
