/** What the parity test calls, and what it says of a call that nobody can make. */
import type { ChangeStream, Collection, Db, MongoClient } from 'mongodb'
import type { Row } from '../shop.js'

export interface Place {
  readonly client: MongoClient
  readonly db: Db
  /** Holds ITEMS. */
  readonly items: Collection<Row>
  /** A client of its own, which the call closes. */
  readonly another: () => MongoClient
}

/** By method or getter; what it resolves to is compared. Before each that writes the database is as at first. */
export type Calls = Readonly<Record<string, (place: Place) => unknown>>

/** By method: why no call of it stands in the table. */
export type Exceptions = Readonly<Record<string, string>>

export async function firstChange(stream: ChangeStream): Promise<unknown> {
  try {
    return await stream.tryNext()
  } finally {
    await stream.close()
  }
}
