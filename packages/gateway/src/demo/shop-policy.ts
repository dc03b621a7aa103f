/** The demo's own policy and configuration, written to its folder so that they can be read and changed. */

import type { DemoUpstream } from './demo-upstream.js'

/** `schema`: what stands between `shop.` and a table's name. */
export const shopPolicy = (
  schema: string,
) => `# What the shop's own rules say; the packs say the rest (gatehouse.yaml).
apiVersion: gatehouse/v1
kind: Policy
metadata: {name: shop, owner: data-platform}
match: {environment: [demo]}
default: forbid
rules:
  - name: staff-connects
    effect: permit
    groups: [analysts, admins, programs]
    verbs: [connect]
  - name: analysts-read
    effect: permit
    groups: [analysts]
    verbs: [read, copy-out]
    resources: ["shop.${schema}*"]
  - name: order-total
    effect: permit
    groups: [analysts, admins]
    verbs: [call]
    resources: ["shop.${schema}order_total"]
  - name: analysts-keep-tickets
    effect: permit
    groups: [analysts]
    verbs: [update, delete]
    resources: ["shop.${schema}support_tickets"]
  - name: admins-manage
    effect: permit
    groups: [admins]
    verbs: [read, copy-out, insert, update, delete, call, lock]
    resources: ["shop.${schema}*"]
  - name: admins-see-people              # lifts the masks of pack:masking for them
    effect: permit
    groups: [admins]
    verbs: [read, copy-out]
    classes: [pii, financial]
  - name: programs-read
    effect: permit
    agents: ["*"]
    verbs: [read]
    resources: ["shop.${schema}customers", "shop.${schema}orders", "shop.${schema}order_items", "shop.${schema}products"]
  - name: pay-is-for-hr
    effect: forbid
    resources: ["shop.${schema}staff"]
    unless: '"hr" in identity.groups'
    message: pay and staff data are for HR; write to people@shop.example
  - name: small-samples
    effect: limit
    agents: ["*"]
    rows: 5
`

export interface DemoPlaces {
  readonly upstream: Pick<DemoUpstream, 'protocol' | 'privileged'>
  readonly upstreamPort: number
  /** 0 lets the system choose. */
  readonly port: number
}

export function demoConfiguration({ upstream, upstreamPort, port }: DemoPlaces): string {
  const { protocol, privileged } = upstream
  return `apiVersion: gatehouse/v1
instance: demo
dataDir: ./var
identity:
  users:
    - {name: ann, password: {file: secrets/ann}, groups: [analysts]}
    - {name: adam, password: {file: secrets/adam}, groups: [admins]}
    - {name: reporter, password: {file: secrets/reporter}, groups: [programs], agent: true}
listeners:
  - name: shop
    protocol: ${protocol}
    listen: 127.0.0.1:${port}
    labels: {environment: demo}
    upstream:
      host: 127.0.0.1
      port: ${upstreamPort}
      user: gatehouse
      password: {file: secrets/gatehouse}
      tls: disable${privileged ? '\n      privileged: accept' : ''}
      databases: [shop]
      accounts:
        - {groups: [admins], user: gatehouse_admin, password: {file: secrets/gatehouse_admin}}
policies: ["pack:tools", "pack:guardrails", "pack:masking", "pack:agents", ./shop.yaml]
masking: {key: {file: secrets/masking.key}}
metrics: {listen: "127.0.0.1:0"}
`
}
