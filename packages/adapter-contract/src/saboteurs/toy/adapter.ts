/** The toy adapter, whole and correct: what `docs/adding-an-adapter.md` shows. */
import {
  type Conversation,
  type Greeting,
  type OpenAdapter,
  readInt32,
  text,
  type Wire,
} from '@gatehouse/adapter-kit'
import { GatehouseError, type SessionGate } from '@gatehouse/core'
import type { Place } from '../../troupe.js'
import { createConversation, type ToySession } from './conversation.js'
import { CLIENT, frame, HEADER, SERVER, TAB } from './frames.js'
import { parts as correct, type ToyParts } from './parts.js'

const SIGN_IN_CEILING = 1024

export const toyManifest = {
  name: 'toy',
  defaultPort: 4000,
  honours: { mask: true, keys: true, rows: true, bytes: true, affected: false },
  pipelines: true,
} as const

/** `changes` is for saboteurs: parts of their own, or a conversation around the right one. */
export interface Sabotage {
  readonly parts?: Partial<ToyParts>
  readonly conversation?: (right: Conversation, gate: SessionGate, session: ToySession) => Conversation
}

async function readFrame(
  wire: Wire,
): Promise<{ readonly letter: string; readonly fields: readonly string[] }> {
  const header = await wire.read(HEADER)
  const letter = String.fromCharCode(header[0] as number)
  const length = readInt32(header, 1)
  if (length < HEADER || length > SIGN_IN_CEILING) return { letter: '', fields: [] }
  return { letter, fields: text(await wire.read(length - HEADER)).split(TAB) }
}

export function openToy(place: Place, sabotage: Sabotage = {}): OpenAdapter {
  const parts: ToyParts = { ...correct, ...sabotage.parts }
  const { host, port, limits } = place
  const manifest = { ...toyManifest, honours: parts.honours }

  const greet: OpenAdapter['greet'] = async (client, hall): Promise<Greeting> => {
    const { letter, fields } = await readFrame(client)
    const [login = '', secret = '', database = ''] = fields
    const turnAway = (): Greeting => {
      client.end(parts.farewell('GH_SIGN_IN', 'sign-in failed'))
      return { kind: 'settled' }
    }
    if (letter !== CLIENT.signIn || (parts.requiresTls(hall.requireTls) && !client.encrypted))
      return turnAway()
    const proven = await hall.prove({ kind: 'cleartext', login, secret })
    if (proven.kind === 'refused' && parts.proves) {
      await hall.denied(login, database, proven.reason, 'GH_SIGN_IN')
      return turnAway()
    }
    const identity = proven.kind === 'proven' ? proven.identity : NOBODY
    return {
      kind: 'guest',
      guest: {
        login,
        database,
        identity: parts.identity(identity),
        application: undefined,
        account: 'gatehouse',
        upstream: { host, port },
        turnAway: ({ code, message }) => parts.farewell(code, message),
        async enter(upstream, gate) {
          upstream.write(frame(CLIENT.signIn, 'gatehouse', parts.secret(secret), database))
          const answer = await readFrame(upstream)
          if (answer.letter !== SERVER.welcome)
            throw new GatehouseError('GH_WIRE', 'the server lets nobody in')
          const session: ToySession = { gate, limits, parts }
          const right = createConversation(session)
          return sabotage.conversation?.(right, gate, session) ?? right
        },
      },
    }
  }

  return {
    manifest,
    greet,
    current: true,
    revise: async () => {},
    explain: async (source) => {
      const parsed = parts.parse(source)
      return parsed.kind === 'read' ? parsed : { kind: 'unreadable', why: 'not understood' }
    },
    catalog: async () => ({}),
    close: async () => {},
  }
}

/** Whom a saboteur takes a stranger for. */
const NOBODY = {
  subject: 'nobody',
  name: 'nobody',
  issuer: 'local',
  home: true,
  groups: [],
  claims: {},
  provenBy: 'password',
} as const
