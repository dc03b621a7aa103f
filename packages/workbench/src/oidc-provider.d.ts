/** The part of oidc-provider that we use; the package ships no types. */
declare module 'oidc-provider' {
  import type { IncomingMessage, ServerResponse } from 'node:http'

  interface Token {
    readonly accountId?: string
    readonly clientId?: string
    readonly extra?: Record<string, unknown>
  }
  interface Grant {
    addOIDCScope(scope: string): void
    addOIDCClaims(claims: readonly string[]): void
    addResourceScope(resource: string, scope: string): void
    save(): Promise<string>
  }
  interface Context {
    readonly oidc: {
      readonly client: { readonly clientId: string }
      readonly session: { readonly accountId: string }
      readonly params?: Record<string, string | undefined>
      readonly result?: { readonly consent?: { readonly grantId?: string } }
    }
  }
  class Provider {
    constructor(issuer: string, configuration: Record<string, unknown>)
    callback(): (request: IncomingMessage, response: ServerResponse) => Promise<void>
    interactionDetails(
      request: IncomingMessage,
      response: ServerResponse,
    ): Promise<{ params: Record<string, string | undefined> }>
    interactionFinished(
      request: IncomingMessage,
      response: ServerResponse,
      result: unknown,
      options?: unknown,
    ): Promise<void>
    on(event: string, listener: (...parts: unknown[]) => void): void
    readonly Grant: new (properties: {
      accountId: string
      clientId: string
    }) => Grant
  }

  export { type Context, type Grant, Provider, type Token }
}
