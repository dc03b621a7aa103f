/** Writes sign-ins and their endings as OCSF Authentication (class 3002). */
import type { SignedIn } from '@gatehouse/core'
import { endpoint, plainAddress } from './endpoint.js'
import { clip, jsonText, quote, quoteAll, whole } from './json-text.js'
import { actorOf, metadataOf, type Origin, sessionOf, userOf } from './session-part.js'
import { SCHEMA } from './statement-part.js'
import { token } from './token.js'

/** Failed sign-ins of one source that were counted instead of written one by one (R15). */
export interface SignInTally {
  readonly id: string
  /** An address, an IPv6 /64, or `many`. */
  readonly source: string
  readonly count: number
  readonly from: number
  readonly to: number
  readonly listener: string
  readonly protocol: string
}

const SUFFIX = { 'signed-in': 'i', refused: 'r', ended: 'e' } as const
const VALUE = 256
const GROUPS_IN_FULL = 1000

function keyOf(record: SignedIn): string {
  return record.session === undefined
    ? `src:${token(plainAddress(record.peer.address) || 'local')}`
    : token(record.session.id)
}

function who(record: SignedIn): string {
  if (record.session !== undefined) {
    const all = record.session.identity.groups.length <= GROUPS_IN_FULL
    return `${actorOf(record.session)},"user":${userOf(record.session, all)}`
  }
  return `"user":{"name":${quote(clip(record.login, VALUE) || '-')},"type_id":0}`
}

/** The spool body: envelope line and JSON. */
export function signInRecord(record: SignedIn, sequence: number, origin: Origin): string {
  const at = whole(record.at)
  const uid = `${token(record.id)}-${SUFFIX[record.kind]}`
  const failed = record.kind === 'refused'
  const activity = record.kind === 'ended' ? 2 : 1
  const { session } = record
  const protocol =
    session === undefined
      ? '99,"auth_protocol":"Unknown"'
      : `99,"auth_protocol":${quote(session.identity.provenBy)}`
  const status = failed ? '"status_id":2,"status":"Failure"' : '"status_id":1,"status":"Success"'
  const code = record.refusal === undefined ? '' : `,"status_code":"${record.refusal}"`
  const reason = record.reason === undefined ? '' : `,"status_detail":${quote(clip(record.reason, VALUE))}`
  const word = { 'signed-in': 'signed in', refused: 'was refused', ended: 'signed off' }[record.kind]
  const name = session === undefined ? record.login : session.identity.name
  return (
    `R ${sequence} ${at} sign-in ${uid} ${keyOf(record)} ${token(record.listener)}\n{"time":${at},` +
    `"metadata":{"uid":"${uid}","sequence":${sequence},${metadataOf(origin, record.protocol, session?.id)}},` +
    `"class_uid":3002,"category_uid":3,"activity_id":${activity},"type_uid":${300200 + activity},${who(record)},` +
    `"src_endpoint":${endpoint(record.peer)},"service":{"name":${quote(record.listener)}},` +
    `"dst_endpoint":{"svc_name":${quote(record.listener)},"proxy_endpoint":{"hostname":${quote(origin.instance)}}},` +
    `"auth_protocol_id":${protocol},"is_remote":true,"severity_id":${failed ? 3 : 1},${status}${code}${reason},` +
    `"action_id":${failed ? 2 : 1},"disposition_id":${failed ? 2 : 1},` +
    `"message":"${jsonText(clip(name, VALUE))} ${word}",` +
    `"unmapped":{"gatehouse":{"schema":"${SCHEMA}","phase":"${record.kind}","protocol":${quote(record.protocol)}` +
    (session === undefined ? '' : sessionOf(session)) +
    (record.rules === undefined ? '' : `,"rules":${quoteAll(record.rules)}`) +
    `,"claimed":{"login":${quote(clip(record.login, VALUE))},"database":${quote(clip(record.database, VALUE))}}}}}`
  )
}

/** One record for many failures: OCSF `count` says how many. */
export function tallyRecord(tally: SignInTally, sequence: number, origin: Origin): string {
  const at = whole(tally.to)
  const uid = `${token(tally.id)}-a`
  const source = /^[\d.]+$|^[\da-f:]+$/i.test(tally.source)
    ? `{"ip":${quote(tally.source)}}`
    : `{"name":${quote(tally.source)}}`
  return (
    `R ${sequence} ${at} sign-in ${uid} src:${token(tally.source)} ${token(tally.listener)}\n{"time":${at},` +
    `"metadata":{"uid":"${uid}","sequence":${sequence},${metadataOf(origin, tally.protocol, undefined)}},` +
    `"class_uid":3002,"category_uid":3,"activity_id":1,"type_uid":300201,"user":{"name":"-","type_id":0},` +
    `"src_endpoint":${source},"service":{"name":${quote(tally.listener)}},"count":${tally.count},` +
    `"start_time":${whole(tally.from)},"end_time":${at},"severity_id":3,"status_id":2,"status":"Failure",` +
    `"action_id":2,"disposition_id":2,"message":"${tally.count} more failed sign-ins from ${jsonText(tally.source)}",` +
    `"unmapped":{"gatehouse":{"schema":"${SCHEMA}","phase":"tally","protocol":${quote(tally.protocol)}}}}`
  )
}
