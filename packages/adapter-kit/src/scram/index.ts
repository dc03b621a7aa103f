/** The public names of the sign-in steppers. */
export { endpointBinding } from './endpoint-binding.js'
export { md5Response } from './md5-response.js'
export { passwordForms, saslprep } from './saslprep.js'
export type {
  ScramClient,
  ScramClientOptions,
  ScramClientStep,
  ScramFailure,
} from './scram-client.js'
export { createScramClient } from './scram-client.js'
export type { ScramKeys, ScramVerifier } from './scram-keys.js'
export { deriveScramKeys } from './scram-keys.js'
export type { ChannelBinding } from './scram-messages.js'
export { SCRAM_SHA_256, SCRAM_SHA_256_PLUS, scramMechanisms } from './scram-messages.js'
export type { ScramRefusal, ScramServer, ScramServerOptions, ScramServerStep } from './scram-server.js'
export { createScramServer } from './scram-server.js'
