/** The pack `agents`: programs read, carefully. */

/** What is opaque fits every one of these rules, so an agent never runs it. */
export const agents = `
apiVersion: gatehouse/v1
kind: Policy
metadata: {name: agents}
rules:
  - name: no-writes
    effect: forbid
    agents: ["*"]
    verbs: [insert, update, delete, truncate, create, alter, drop, grant, copy-in, export, import, lock, admin,
      opaque]
    message: agents only read
  - name: no-probing
    effect: mask
    agents: ["*"]
    classes: [pii, secret, financial, health]
    with: partial
    probing: forbid
    message: agents see personal data masked and cannot search by it
  - name: few-rows
    effect: limit
    agents: ["*"]
    rows: 1000
`
