/** What one session fixes in all of its records, written once. */
import type { Session } from '@gatehouse/core'
import { endpoint } from './endpoint.js'
import { clip, flat, jsonText, quote, whole } from './json-text.js'
import { token } from './token.js'

export interface Origin {
  /** The gateway's configured name. */
  readonly instance: string
  /** `<instance>/<uuid>`; sequence numbers are total within it. */
  readonly chain: string
  readonly version: string
}

export interface SessionPart {
  /** Ends the envelope line with Kafka's key and CloudEvents' subject, and begins the JSON up to its time. */
  readonly line: string
  /** Begins the message. */
  readonly who: string
  /** Ends `metadata`; actor, endpoints and database; `query_info` up to its id. */
  readonly opening: string
  /** In the vendor object: session, upstream, agent; `claimed` begins, never beside what was verified. */
  readonly closing: string
}

const GROUPS_SHOWN = 100

export function metadataOf(origin: Origin, protocol: string, correlation: string | undefined): string {
  const feature = protocol === '' ? '' : `,"feature":{"name":${quote(protocol)}}`
  const session = correlation === undefined ? '' : `,"correlation_uid":${quote(correlation)}`
  return (
    `"version":"1.8.0","profiles":["security_control"],"log_name":"gatehouse.audit.v1","log_provider":${quote(origin.chain)}` +
    `${session},"product":{"name":"Gatehouse","vendor_name":"Gatehouse","version":${quote(origin.version)}${feature}}`
  )
}

/** OCSF `user` of a verified identity; `all` shows every group. */
export function userOf({ identity }: Session, all = false): string {
  const groups = all ? identity.groups : identity.groups.slice(0, GROUPS_SHOWN)
  const program = identity.agent !== undefined && identity.onBehalfOf === undefined
  return (
    `{"uid":${quote(`${identity.issuer}|${identity.subject}`)},"name":${quote(identity.name)},"type_id":${program ? 3 : 1}` +
    `,"groups":[${groups.map((name) => `{"name":${quote(name)}}`).join(',')}]}`
  )
}

function agentOf({ identity }: Session): string {
  if (identity.agent === undefined) return ''
  const behalf = identity.onBehalfOf === undefined ? '' : `,"on_behalf_of":${quote(identity.onBehalfOf)}`
  return `,"agent":{"name":${quote(identity.agent)}${behalf},"verified":true}`
}

export function sessionOf(session: Session): string {
  const labels = Object.entries(session.labels).map(([name, value]) => `${quote(name)}:${quote(value)}`)
  const { identity } = session
  return (
    `,"session":{"listener":${quote(session.listener)},"labels":{${labels.join(',')}},"encrypted":${session.encrypted}` +
    `,"proven_by":${quote(identity.provenBy)},"groups":${identity.groups.length}}` +
    `,"upstream":{"host":${quote(session.upstream.host)},"port":${whole(session.upstream.port)},"account":${quote(session.upstream.account)}}` +
    agentOf(session)
  )
}

export function actorOf(session: Session): string {
  const { identity } = session
  const expires = identity.expiresAt === undefined ? '' : `,"expiration_time":${whole(identity.expiresAt)}`
  return (
    `"actor":{"user":${userOf(session)}` +
    `,"session":{"uid":${quote(session.id)},"issuer":${quote(identity.issuer)},"created_time":${whole(session.startedAt)}${expires}}` +
    `,"idp":{"name":${quote(identity.issuer)}}}`
  )
}

export function endpointsOf(session: Session, instance: string): string {
  const local = endpoint(session.local).slice(1)
  return (
    `"src_endpoint":${endpoint(session.peer)},"dst_endpoint":{"hostname":${quote(session.upstream.host)},"port":${whole(session.upstream.port)}` +
    `,"svc_name":${quote(session.listener)},"proxy_endpoint":{"hostname":${quote(instance)},${local}}`
  )
}

export function sessionPart(session: Session, origin: Origin): SessionPart {
  const kind = session.protocol === 'mongodb' ? 6 : 1
  const database = session.database === '' ? session.upstream.host : session.database
  return {
    line: flat(`${token(session.id)} ${token(session.listener)}\n{"time":`),
    who: flat(`${jsonText(clip(session.identity.agent ?? session.identity.name, 256))}: `),
    opening: flat(
      `,${metadataOf(origin, session.protocol, session.id)}},${actorOf(session)},${endpointsOf(session, origin.instance)}` +
        `,"database":{"name":${quote(database)},"uid":${quote(session.listener)},"type_id":${kind}},"query_info":{"uid":"`,
    ),
    closing: flat(
      `,"protocol":${quote(session.protocol)}${sessionOf(session)},"claimed":{"login":${quote(clip(session.login, 256))}`,
    ),
  }
}
