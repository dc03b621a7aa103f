/** Judges one file by what the house says of sizes, words and what no file may reach for. */
import { basename } from 'node:path'
import { EMPTY_WORDS, RIM } from './house-rules.js'
import { ruleName } from './imports.js'
import type { SourceFile, SourcePackage } from './source-tree.js'

export const SIZE_SENTENCE =
  'a source file has 300 lines at the most, a test 400; tables and what is generated are exempt'
export const ANY_SENTENCE = 'No `any`, no enum, no default export, no unfinished-work marks'
export const CLOCK_SENTENCE = 'Clocks, randomness and environment are handed in, never reached for'
export const WORD_SENTENCE = 'Words that say nothing are not used in names of files, types and functions'
export const PERMIT_SENTENCE = '`Permit` can be minted by the gate alone'
export const SILENCE_SENTENCE = "The compiler's objections are answered, not silenced"

const MARKS = new RegExp(`\\b(${['TO' + 'DO', 'FIX' + 'ME', 'X' + 'XX'].join('|')})\\b`)
const SILENCED = new RegExp(`@ts-${'(ignore|nocheck)'}`)
const ANY = /(?:[:<,|&(]|\bas|=>|\bextends)\s*any\b(?!\s*[:.(])/
const CLOCKS =
  /\bDate\.now\b|\bnew Date\(\s*\)|\bMath\.random\b|\bprocess\.env\b|\bperformance\.now\b|\bprocess\.hrtime\b/
const RANDOM = /\b(randomBytes|randomUUID|randomInt|randomFillSync|getRandomValues)\b/
const DECLARED =
  /\b(?:function\*?|class|interface|type)\s+(\w+)|\bconst\s+(\w+)\s*(?::[^=\n]+)?=\s*(?:async\s*)?(?:\([^()]*\)|\w+)\s*(?::[^=\n]+)?=>/g

export function styleFaults(pack: SourcePackage, file: SourceFile): string[] {
  const name = ruleName(pack.folder)
  const atRim = RIM.includes(name) || file.isTest
  const found: string[] = []
  const say = (line: number, what: string, sentence: string) =>
    found.push(`${file.path}:${line} ${what}, but: ${sentence}`)
  const each = (pattern: RegExp, text: string, sentence: string) => {
    const lines = text.split('\n')
    for (const [index, line] of lines.entries()) {
      const match = pattern.exec(line)
      if (match) say(index + 1, `says \`${match[0].trim()}\``, sentence)
    }
  }
  const lines = file.text.trimEnd().split('\n').length
  const isTable = /^\/\*\* (Table|Generated)/.test(file.text)
  if (lines > (file.isTest ? 400 : 300) && !isTable) say(lines, `has ${lines} lines`, SIZE_SENTENCE)
  each(ANY, file.code.bare, ANY_SENTENCE)
  each(/\bexport\s+default\b|\bas\s+default\b|(?<![\w.])enum\s+\w/, file.code.bare, ANY_SENTENCE)
  each(MARKS, file.text, ANY_SENTENCE)
  each(SILENCED, file.text, SILENCE_SENTENCE)
  if (!atRim) each(CLOCKS, file.code.bare, CLOCK_SENTENCE)
  if (!atRim && !['identity', 'audit'].includes(name)) each(RANDOM, file.code.bare, CLOCK_SENTENCE)
  if (file.path !== 'packages/core/src/gate.ts')
    each(
      /\bas\s+(unknown\s+as\s+)?Permit\b|<Permit>\s*[({[]|\bnew\s+Permit\b|\bPermit\.prototype\b/,
      file.code.bare,
      PERMIT_SENTENCE,
    )
  for (const { word, line } of emptyWords(file))
    say(line, `uses the word \`${word}\` in a name`, WORD_SENTENCE)
  return found
}

function emptyWords(file: SourceFile): { word: string; line: number }[] {
  const inFile = basename(file.path)
    .split(/[.-]/)
    .map((name) => ({ name, line: 1 }))
  const declared = [...file.code.bare.matchAll(DECLARED)].map((match) => ({
    name: match[1] ?? match[2] ?? '',
    line: file.code.bare.slice(0, match.index).split('\n').length,
  }))
  return [...inFile, ...declared].flatMap(({ name, line }) => {
    // The standard's own term.
    const plain = name.replace(/common(?=Table)/i, '')
    const words = plain
      .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
      .toLowerCase()
      .split(/[\s_]+/)
    return words.filter((word) => EMPTY_WORDS.includes(word)).map((word) => ({ word, line }))
  })
}
