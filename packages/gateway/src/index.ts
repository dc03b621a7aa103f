/** The public names of @gatehouse/gateway: a gateway inside another program. */
export { type Gateway, type Listening, startGateway } from './compose.js'
export { type Fault, faultLine } from './configuration/fault.js'
export {
  type Configuration,
  type ReadConfiguration,
  readConfiguration,
} from './configuration/read-configuration.js'
export type { Health, HealthDetail } from './health.js'
export { createLog, type Log } from './log.js'
export { type LoadedPolicies, loadPolicies } from './policies/load-policies.js'
export type { ReloadResult } from './reload.js'
export type { GatewaySources } from './running.js'
