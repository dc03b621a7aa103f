/** Table: a configuration with every key in it, for tests. */

export const WHOLE = `apiVersion: gatehouse/v1
instance: gw-1
dataDir: ./var
workers: 1
identity:
  issuers:
    - name: corp
      issuer: https://idp.example
      audience: gatehouse
      subject: /preferred_username
      groups: /groups
      clients: [gatehouse-cli]
  users:
    - name: alice
      password: {env: ALICE_PASSWORD}
      groups: [analysts]
    - {name: reporter, password: {env: REPORTER_PASSWORD}, agent: true}
    - {name: etl, certificate: 'CN=etl,O=Example', agent: true}
listeners:
  - name: orders
    protocol: postgres
    listen: 127.0.0.1:6432
    tls: {cert: server.crt, key: server.key}
    insecure: false
    auth: [password, token]
    nativePassword: false
    audience: orders
    labels: {environment: production, owner: data-platform}
    limits: {connections: 1000, perUser: 100, statement: 16MiB, message: 64MiB, greeting: 10s, idle: 0, session: 8h, statementTime: 5m, lockTime: 10s, idleInTransaction: 1m}
    upstream:
      host: 127.0.0.1
      port: 5432
      user: gatehouse
      password: {env: UPSTREAM_PASSWORD}
      tls: verify-full
      ca: ca.pem
      databases: [shop]
      accounts:
        - {groups: [admins], user: gatehouse_admin, password: {env: ADMIN_PASSWORD}}
      catalog: {refresh: 1s, user: catalog_reader, password: {env: ADMIN_PASSWORD}}
      grammar: 17
      privileged: refuse
  - name: replicas
    protocol: postgres
    listen: '[::1]:0'
    tls: {cert: server.crt, key: server.key, ca: ca.pem}
    auth: [certificate]
    upstream:
      hosts: ['127.0.0.1:5433', 'localhost:5434']
      role: any
      user: gatehouse
      tls: disable
policies: [pack:tools, pack:guardrails, ./policies]
audit:
  spool: {durability: fsync, maxBytes: 4GiB, retain: 7d, perIdentity: {rate: 2000, share: 0.25}}
  kafka:
    brokers: ["127.0.0.1:9092"]
    topic: gatehouse.audit.v1
    tls: {ca: ca.pem}
    sasl: {mechanism: scram-sha-256, username: gatehouse, password: {env: KAFKA_PASSWORD}}
masking: {key: {file: masking.key}}
metrics: {listen: 127.0.0.1:9464}
drain: 30s
`

export const WHOLE_ENV: Readonly<Record<string, string>> = {
  ALICE_PASSWORD: 'alice-secret',
  REPORTER_PASSWORD: 'reporter-secret',
  UPSTREAM_PASSWORD: 'upstream-secret',
  ADMIN_PASSWORD: 'admin-secret',
  KAFKA_PASSWORD: 'kafka-secret',
}
