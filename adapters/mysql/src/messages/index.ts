/** The wire's own words: packets, commands, flags, generic replies, column definitions. */
export * from './capabilities.js'
export * from './column-definition.js'
export * from './commands.js'
export * from './dialogue.js'
export * from './packet-reader.js'
export * from './packet-writer.js'
export * from './replies.js'
export * from './status.js'
