/** The public names of MySQL's password exchange. */
export {
  provesScramble,
  type ScramblePlugin,
  type ScrambleVerifier,
  scramble,
  scrambleHash,
} from './scramble.js'
