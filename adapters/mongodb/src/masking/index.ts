/** Masks of documents in replies, and of the texts of errors. */
export * from './compile-mask.js'
export * from './document-mask.js'
export * from './error-reply.js'
export type { ScrubContext } from './scrub.js'
