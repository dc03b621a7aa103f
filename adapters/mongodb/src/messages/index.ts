/** The wire's own words: headers, OP_MSG, OP_COMPRESSED, the legacy hello, and how messages are cut. */
export * from './checksum.js'
export * from './header.js'
export * from './layout.js'
export * from './op-compressed.js'
export * from './op-msg.js'
export * from './op-query.js'
export * from './wire-fault.js'
