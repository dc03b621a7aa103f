/** Table: where the gateway's answer is not FerretDB's, with the code that it has, and why. */

export const DIFFERENCES: Readonly<Record<string, { readonly code: number; readonly why: string }>> = {
  'Db: removeUser': { code: 13, why: 'accounts are changed by no rule (R11)' },
  'Admin: removeUser': { code: 13, why: 'accounts are changed by no rule (R11)' },
  'errors: a filter of the wrong type': { code: 2, why: 'read by the gateway, in MongoDB’s words' },
  'errors: a projection of two minds': { code: 31254, why: 'read by the gateway, in MongoDB’s words' },
  'errors: a namespace that is none': { code: 73, why: 'read by the gateway, in MongoDB’s words' },
  'errors: a document of 17 MB': { code: 10334, why: 'MongoDB’s code; FerretDB says 2' },
}
