/** An issuer's signing keys: discovered once, fetched when needed, never because a stranger's token says where. */
import { GatehouseError } from '@gatehouse/core'
import { createRemoteJWKSet, customFetch as keysFetch, type RemoteJWKSet } from 'jose'
import { allowInsecureRequests, discovery, customFetch as discoveryFetch } from 'openid-client'
import { boundFetch, type Fetch } from './bounded-fetch.js'
import { assertTarget, type Issuer } from './issuer.js'

export interface KeysOptions {
  readonly fetch?: Fetch
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /**
   * Milliseconds between two fetches that unknown keys cause, whoever sends them; 30,000. After a failure nothing is
   * fetched for a sixth of it.
   */
  readonly cooldown?: number
}

export interface IssuerKeys {
  /** The key set, discovered on first use. Rejects with GH_ISSUER. */
  keySet(): Promise<RemoteJWKSet>
}

const TIMEOUT = 5_000
const MAX_BODY = 1024 * 1024

export function createIssuerKeys(issuer: Issuer, options: KeysOptions): IssuerKeys {
  const { now, cooldown = 30_000 } = options
  const fetch = boundFetch(options.fetch ?? globalThis.fetch, MAX_BODY)
  let found: RemoteJWKSet | undefined
  let searching: Promise<RemoteJWKSet> | undefined
  let failure: { readonly at: number; readonly error: GatehouseError } | undefined

  const rest = <T>(attempt: () => Promise<T>): Promise<T> => {
    // A clock that was set back must not hold the failure for the time that it lost.
    if (failure !== undefined && Math.abs(now() - failure.at) < cooldown / 6)
      return Promise.reject(failure.error)
    return attempt().then(
      (value) => {
        failure = undefined
        return value
      },
      (cause: unknown) => {
        const error = new GatehouseError('GH_ISSUER', `issuer \`${issuer.name}\` cannot be used`, { cause })
        failure = { at: now(), error }
        throw error
      },
    )
  }

  const discover = async (): Promise<RemoteJWKSet> => {
    const configuration = await discovery(new URL(issuer.url), 'gatehouse', undefined, undefined, {
      ...(issuer.url.startsWith('http:') ? { execute: [allowInsecureRequests] } : {}),
      [discoveryFetch]: (url, { method, headers, redirect, signal }) =>
        fetch(url, { method, headers, redirect, signal: signal ?? null }),
      timeout: TIMEOUT / 1000,
    })
    const { issuer: named, jwks_uri: keys } = configuration.serverMetadata()
    if (named !== issuer.url) {
      throw new Error(`the document at \`${issuer.url}\` names the issuer \`${named}\``)
    }
    if (keys === undefined) throw new Error(`the document at \`${issuer.url}\` names no keys`)
    assertTarget(keys, issuer.url)
    return createRemoteJWKSet(new URL(keys), {
      timeoutDuration: TIMEOUT,
      cooldownDuration: cooldown,
      [keysFetch]: (url, init) => rest(() => fetchKeys(url, init)),
    })
  }

  const fetchKeys = async (url: string, init: RequestInit): Promise<Response> => {
    const response = await fetch(url, init)
    if (response.status !== 200) throw new Error(`\`${url}\` answered ${response.status}`)
    return response
  }

  return {
    async keySet() {
      if (found !== undefined) return found
      searching ??= rest(discover).finally(() => {
        searching = undefined
      })
      found = await searching
      return found
    },
  }
}
