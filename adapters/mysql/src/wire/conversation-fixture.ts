/** A world for tests of the wire, and raw clients that sign in to it or to the database behind it. */
import { PASSWORD, startWorld, type World, type WorldOptions } from '../rules/world.js'
import { type Connecting, type RawClient, signIn } from './raw-client.js'

export interface WireWorld extends World {
  client(user?: string, more?: Partial<Connecting>): Promise<RawClient>
  /** What a real server says: the same client at the database itself. */
  straight(more?: Partial<Connecting>): Promise<RawClient>
}

export const ITEMS: readonly string[] = [
  'create table items(id int primary key, label varchar(40))',
  `insert into items values (1, 'label 1'), (2, 'label 2'), (3, 'label 3'), (4, 'label 4'), (5, 'label 5')`,
  'create table customers(id int primary key, email varchar(60) not null unique, city varchar(40))',
  `insert into customers values (1, 'ada@example.com', 'Berlin'), (2, 'bob@example.com', 'Rome')`,
]

export async function startWire(options: WorldOptions = {}): Promise<WireWorld> {
  const world = await startWorld({ ...options, schema: [...ITEMS, ...(options.schema ?? [])] })
  const clients: RawClient[] = []
  const connect = async (connecting: Connecting): Promise<RawClient> => {
    const client = await signIn(connecting)
    clients.push(client)
    return client
  }
  return {
    ...world,
    client: (user = 'adam', more = {}) =>
      connect({ port: world.stage.port, user, password: PASSWORD, ...more }),
    straight: (more = {}) => connect({ port: world.server.port, user: 'gw', password: 'gw', ...more }),
    async settled() {
      for (const client of clients.splice(0)) await client.close()
      await world.settled()
    },
  }
}

/** Decisions that have no outcome: none once every session is over. */
export function openDecisions({ stage: { evidence } }: World): readonly string[] {
  const ended = new Set(evidence.completed.map(({ decided }) => decided.id))
  return evidence.decided
    .filter(({ id }) => !ended.has(id))
    .map(({ statement }) => statement.text || statement.command)
}
