// A broker, a spool, a shipper and two statements: what a gateway would publish, for consumer.mjs to read.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { createAuditSpool, createKafkaShipper } from '@gatehouse/audit'
import { kafkaAvailable, startKafka } from '@gatehouse/workbench'

const kafka = kafkaAvailable()
if (!kafka.ok) {
  console.log(`kafka: ${kafka.why}; ${kafka.remedy}`)
  process.exit(77)
}

const alice = {
  subject: 'alice',
  name: 'alice',
  issuer: 'local',
  home: true,
  groups: ['analysts'],
  claims: {},
}
const session = {
  id: 'session-1',
  identity: { ...alice, provenBy: 'password' },
  listener: 'orders',
  labels: {},
  protocol: 'postgres',
  database: 'shop',
  login: 'alice',
  peer: { address: '127.0.0.1', port: 50000 },
  local: { address: '127.0.0.1', port: 6432 },
  upstream: { host: '127.0.0.1', port: 5432, account: 'gatehouse' },
  encrypted: false,
  startedAt: 0,
  claimed: {},
}

function decided(id, verb, path, text, decision) {
  const command = verb === 'read' ? 'SELECT' : 'DROP TABLE'
  const resource = { kind: 'relation', path, system: false }
  const rest = { fields: [], unfiltered: true, certainty: 'exact', functions: [], derived: false }
  const outputs = verb === 'read' ? [{ name: 'email', how: 'copied', sources: [] }] : []
  const actions = [{ verb, resource, command, ...rest }]
  const statement = { command, actions, outputs, collects: false, text, bytes: text.length }
  return {
    id,
    at: 0,
    session,
    statement,
    decision,
    policyRevision: 'r1',
    exchange: 1,
    position: 0,
    claimed: {},
  }
}

const read = decided('1', 'read', ['shop', 'public', 'customers'], 'select email from customers', {
  effect: 'permit',
  rules: ['production/analysts-read', 'production/pii'],
  masks: [{ with: 'partial', rule: 'production/pii', field: 'shop.public.customers.email' }],
})
const drop = decided('2', 'drop', ['shop', 'public', 'orders'], 'drop table orders', {
  effect: 'forbid',
  rules: ['production/no-destruction'],
  code: 'GH_FORBIDDEN',
  message: 'schema changes go through migrations',
})

const broker = await startKafka()
const dir = mkdtempSync(`${tmpdir()}/gatehouse-example-`)
let ids = 0
const spool = createAuditSpool({
  dir: `${dir}/spool`,
  instance: 'example',
  durability: 'write',
  maxBytes: 2 ** 26,
  retain: 86_400_000,
  shipped: true,
  version: '0.1.0',
  now: Date.now,
  newId: () => `example-${ids++}`,
})
try {
  spool.decided(read, false)
  spool.completed({ decided: read, at: 5, outcome: { status: 'done', returned: 2, affected: 0 } })
  spool.decided(drop, false)
  spool.completed({ decided: drop, at: 6, outcome: { status: 'refused', returned: 0, affected: 0 } })
  const topic = 'gatehouse.audit.v1'
  const { brokers } = broker
  const shipper = createKafkaShipper({ spool, brokers, topic, clientId: 'example', now: Date.now, log() {} })
  await shipper.start()
  await shipper.stop(20_000)
  const env = { ...process.env, KAFKA_BROKERS: brokers.join(','), STATEMENTS: '2' }
  const consumer = spawn(process.execPath, ['consumer.mjs'], { env, stdio: 'inherit', timeout: 60_000 })
  const [code] = await once(consumer, 'close')
  process.exitCode = code ?? 3
} finally {
  spool.close()
  rmSync(dir, { recursive: true })
  await broker.stop()
}
