/** The public names of MySQL's password exchange. */
export {
  provesReversedScramble,
  provesScramble,
  type ScramblePlugin,
  type ScrambleVerifier,
  scramble,
  scrambleHash,
} from './scramble.js'
