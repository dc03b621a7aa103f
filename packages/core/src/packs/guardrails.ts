/** The pack `guardrails`: what hardly anybody means to do through a gateway. */

export const guardrails = `
apiVersion: gatehouse/v1
kind: Policy
metadata: {name: guardrails}
rules:
  - name: no-drop
    effect: forbid
    verbs: [drop]
    message: objects are dropped by migrations, not by hand
  - name: no-truncate
    effect: forbid
    verbs: [truncate]
    message: this removes every row at once
  - name: no-server-files
    effect: forbid
    verbs: [export, import]
    message: the server's files and programs are not for clients
  - name: no-privileges
    effect: forbid
    verbs: [grant]
    message: roles and privileges are changed where they are reviewed
  - name: mass-writes
    effect: hold
    verbs: [update, delete]
    if: action.unfiltered
    message: no condition bounds the rows that this changes
`
