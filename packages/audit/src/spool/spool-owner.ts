/** Whose a spool folder is, asked without opening it. */
import * as nodeFs from 'node:fs'
import { resolve } from 'node:path'
import { readChain } from './folder.js'
import { lockHolder } from './lock.js'

export interface SpoolOwner {
  /** Whose chain stands there; undefined: nobody has written there yet. */
  readonly instance: string | undefined
  /** The process that has it open. */
  readonly process: number | undefined
}

/** Throws GH_SPOOL when the folder does not say whose it is. */
export function spoolOwner(dir: string): SpoolOwner {
  const folder = resolve(dir)
  const chain = readChain(nodeFs, folder)
  return {
    instance: chain?.slice(0, chain.lastIndexOf('/')),
    process: lockHolder(nodeFs, folder),
  }
}
