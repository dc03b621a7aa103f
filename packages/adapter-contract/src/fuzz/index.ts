/** What fuzzers of adapters share: sockets in memory, chance that can be repeated, and what may happen besides the talk. */
export { createDice, type Dice, pick } from './dice.js'
export { DISTURBANCES, type Disturbance, disturb } from './disturb.js'
export { type Door, type DoorParts, judgeRecords, leaveBy, openDoor, settle } from './door.js'
export { type Ends, type Interception, intercept } from './intercept.js'
export { createMemorySocket, type MemorySocket } from './memory-socket.js'
export { createPorch, KNOWN, PASSWORD, randomBy } from './porch.js'
export { judgeSignIn, type SignInAttack, type SignInPlayed } from './sign-in.js'
