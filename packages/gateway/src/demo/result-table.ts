/** Rows as a small table for a terminal: wide cells cut, long results trimmed. */
import { printable } from '@gatehouse/audit'

const WIDEST = 30

export function resultTable(
  columns: readonly string[],
  rows: readonly (readonly (string | null)[])[],
  most = 5,
): string[] {
  const cell = (value: string | null | undefined) => {
    const text = value === null || value === undefined ? '∅' : printable(value)
    return text.length > WIDEST ? `${text.slice(0, WIDEST - 1)}…` : text
  }
  const shown = rows.slice(0, most).map((row) => columns.map((_, index) => cell(row[index])))
  const widths = columns.map((column, index) =>
    Math.max(cell(column).length, ...shown.map((row) => (row[index] ?? '').length)),
  )
  const line = (cells: readonly string[]) =>
    cells
      .map((text, index) => text.padEnd(widths[index] ?? 0))
      .join(' │ ')
      .trimEnd()
  const rest = rows.length - shown.length
  return [
    line(columns.map(cell)),
    widths.map((width) => '─'.repeat(width)).join('─┼─'),
    ...shown.map(line),
    rest > 0
      ? `… and ${rest} more (${rows.length} rows)`
      : `(${rows.length} ${rows.length === 1 ? 'row' : 'rows'})`,
  ]
}
