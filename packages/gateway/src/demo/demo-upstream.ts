/** A database of the demo's own, of any kind: how it is started, filled, and asked as a user would. */

export const DEMO_USERS = ['ann', 'adam', 'reporter'] as const
export type DemoUser = (typeof DEMO_USERS)[number]
export type Secrets = Readonly<Record<DemoUser | 'gatehouse' | 'gatehouse_admin', string>>

export interface TourStep {
  readonly as: DemoUser
  readonly title: string
  /** As its client takes it. */
  readonly text: string
  /** What it shows, after the fact. */
  readonly moral: string
  /** `rows`, or the error's code and the rule or code that its detail names. */
  readonly promise: 'rows' | { readonly code: string; readonly says: string }
}

/** What a client got. Rows that came before an error are kept: that is what it saw. */
export interface Answer {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly (string | null)[])[]
  readonly error?: {
    readonly code: string
    readonly message: string
    readonly detail: string
    readonly hint: string
  }
}

export interface DemoClient {
  ask(text: string): Promise<Answer>
  end(): Promise<void>
}

export interface SignIn {
  readonly port: number
  readonly user: DemoUser
  readonly password: string
}

export interface StartedUpstream {
  readonly port: number
  readonly version: string
  stop(): Promise<void>
}

export interface DemoUpstream {
  readonly protocol: 'postgres' | 'mysql' | 'mongodb'
  /** As a person calls it. */
  readonly product: string
  /** How its command line marks an error's further lines. */
  readonly detail: string
  /** What stands between `shop.` and a table's name in a policy: Postgres has schemas. */
  readonly schema: string
  readonly steps: readonly TourStep[]
  /** What Ann may not ask, for `explain`. */
  readonly question: string
  /** Its server does not tell what an account may do; left out: it does. */
  readonly privileged?: true
  /** Says what is being done, starts the server and fills the shop. */
  start(secrets: Secrets, step: (text: string) => void): Promise<StartedUpstream>
  connect(signIn: SignIn): Promise<DemoClient>
  /** The line to type. */
  line(signIn: SignIn): string
}
