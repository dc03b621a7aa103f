/** The public names of @gatehouse/core, one by one. */
export * from './action.js'
export * from './admission.js'
export * from './decision.js'
export { drawAction } from './draw-action.js'
export * from './errors.js'
export { createGate, Permit } from './gate.js'
export * from './identity.js'
export { isIssuedMask, mayHoldIssuedMask } from './issued-mask.js'
export { keyMaskFor } from './key-mask.js'
export { isPackName, PACK_NAMES, type PackName, readPack } from './packs/index.js'
export {
  type CaseResult,
  type CaseSubject,
  caseSession,
  judgeCase,
} from './policy/cases.js'
export { type CompileOptions, checkDocuments, compilePolicy, type Policy } from './policy/compile.js'
export type { Judgement, Moment, UseVerdict } from './policy/decide.js'
export type {
  ClassesDocument,
  Document,
  FunctionsDocument,
  PlacedRule,
  PolicyDocument,
  TestDocument,
} from './policy/document.js'
export { type PolicyCase, policySchema, type Rule } from './policy/document-schema.js'
export { type Explanation, explain, type RuleVerdict } from './policy/explain.js'
export { formatFault, type Place, type PolicyFault } from './policy/fault.js'
export { covers, type FieldPattern, parseFieldPattern, touches } from './policy/field-pattern.js'
export { fieldPatternsIn, type Placed, restrictedResourcesIn } from './policy/patterns-in.js'
export { type PolicyFile, type Reading, readDocuments } from './policy/read-documents.js'
export type { SessionPolicy } from './policy/session-policy.js'
export * from './record.js'
export * from './session.js'
export * from './statement.js'
