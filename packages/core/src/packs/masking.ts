/** The pack `masking`: the zero-configuration classes, for everyone whom no rule exempts (docs/adr/0002). */

/** Several rules may bind one field; the strictest mask wins (R18). */
export const masking = `
apiVersion: gatehouse/v1
kind: Policy
metadata: {name: masking}
rules:
  - name: personal
    effect: mask
    classes: [pii, financial, email, phone, person-name, username, address, card, iban, bank-account, ip, geo]
    with: partial
  - name: birth-dates
    effect: mask
    classes: [birth-date]
    with: year
    probing: forbid
  - name: guessable
    effect: mask
    classes: [national-id, postcode, salary, gender, pin, health]
    with: redact
    probing: forbid
  - name: secrets
    effect: mask
    classes: [secret, password, token, secret-key]
    with: redact
    probing: forbid
`
