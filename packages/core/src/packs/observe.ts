/** The pack `observe`: permits everything that R11 leaves, and records it. */

export const observe = `
apiVersion: gatehouse/v1
kind: Policy
metadata: {name: observe}
rules:
  - name: everything
    effect: permit
    verbs: [connect, read, insert, update, delete, truncate, create, alter, drop, grant, call, copy-in, copy-out,
      export, import, set, lock, transaction, listen, admin, opaque]
`
