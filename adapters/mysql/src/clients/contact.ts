/** Where a client goes, and what it needs to get in. */

export interface Address {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
  readonly database: string
}

export interface Contact extends Address {
  /** PEM of the authority that signed the other side's certificate; undefined where TLS can't be tried. */
  readonly ca: string | undefined
  /** The same, as a file. */
  readonly caFile: string | undefined
}
