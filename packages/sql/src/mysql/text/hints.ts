/** Optimizer hints (MySQL manual, Optimizer Hints): comments that change how, and in two cases as whom, a statement runs. */

const VERBS = new Set(['select', 'insert', 'replace', 'update', 'delete'])

/**
 * `kept`: a hint that only tunes; `dropped`: no hint to the server, or one that can't be read here; `refused`: it would set
 * variables or move the statement to another resource group. `word` stands before it.
 */
export function hintIn(word: string, inside: string): 'kept' | 'dropped' | 'refused' {
  if (!VERBS.has(word.toLowerCase())) return 'dropped'
  if (/set_var|resource_group/i.test(inside)) return 'refused'
  return /^[\w\s@.,()]*$/.test(inside) ? 'kept' : 'dropped'
}
