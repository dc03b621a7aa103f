/** A generated column's expression as it can be parsed. */
import type { MysqlFlavour } from '@gatehouse/sql'

/**
 * Undefined: none. MySQL 8 and later show GENERATION_EXPRESSION escaped as inside a string (`_utf8mb4\'x\'`, seen on
 * 9.7), MySQL 5.7 and MariaDB plainly: a quote that nothing escapes tells.
 */
export function plainExpression(cell: unknown, flavour: MysqlFlavour): string | undefined {
  if (typeof cell !== 'string' || cell === '') return undefined
  if (flavour === 'mariadb' || /(?<!\\)'/.test(cell)) return cell
  return cell.replace(/\\([\s\S])/g, (_, character: string) => ESCAPES[character] ?? character)
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', 0: '\0', Z: '\x1a' }
