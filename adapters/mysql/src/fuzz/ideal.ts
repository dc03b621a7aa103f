/** The answers that a sequence would have from one server that knew the policy by itself. */
import { concatBytes } from '@gatehouse/adapter-kit'
import { COM } from '../messages/index.js'
import { welcomed } from './another-user.js'
import { createHearing } from './hearing.js'
import type { Layout } from './layout.js'
import type { Request } from './requests.js'
import { createModelServer } from './server.js'
import { meaningsOf } from './statements.js'
import type { World } from './world.js'

const NOTHING = { onRun() {}, onText() {}, onCommand() {}, onCommit() {}, onFile() {} }

/** What of the texts without a meaning the gateway passes on to the server, for whom it shows what it may. */
async function passedUnread(world: World, requests: readonly Request[]): Promise<ReadonlySet<string>> {
  const texts = requests
    .filter(({ bytes, broken }) => bytes[4] === COM.QUERY && broken !== true)
    .map(({ bytes }) => Buffer.from(bytes.subarray(5)).toString('utf8'))
    .filter((text) => meaningsOf(text) === undefined)
  const opaque = await Promise.all(texts.map((text) => world.isOpaque(text)))
  return new Set(texts.filter((_text, index) => opaque[index]))
}

/** What the client would hear of a server that refuses as the gateway does. */
export async function idealAnswers(
  world: World,
  masked: boolean,
  layout: Layout,
  requests: readonly Request[],
  files = false,
) {
  const unread = await passedUnread(world, requests)
  const serverFor = (isMasked: boolean) =>
    createModelServer(
      { masked: isMasked, files, passes: (text) => !isMasked && unread.has(text) },
      NOTHING,
      layout,
    )
  let server = serverFor(masked)
  const hearing = createHearing(true, layout)
  const replies: Uint8Array[] = []
  for (const { bytes, asked, broken, becomes, file } of requests) {
    if (broken) break
    if (file && !server.waitsForFile) continue
    hearing.ask(asked)
    if (becomes !== undefined) {
      replies.push(...welcomed())
      server = serverFor(becomes.masked)
    } else if (asked.command !== COM.CHANGE_USER) {
      server.hear(bytes)
      replies.push(...server.take().map((reply) => concatBytes(reply)))
    }
  }
  for (const reply of replies) hearing.push(reply)
  return { answers: ['OK:0:', ...hearing.heard] }
}
