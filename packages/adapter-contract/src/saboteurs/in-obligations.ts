/** Saboteurs of what a permit obliges to. */
import type { Saboteur } from './saboteur.js'
import { parts } from './toy/parts.js'

export const inObligations: readonly Saboteur[] = [
  {
    name: 'masks the neighbour',
    breaks: ['B1', 'B2', 'B3'],
    sabotage: () => ({
      parts: {
        maskOf: ({ masks }, column) => masks[(column + masks.length - 1) % Math.max(1, masks.length)],
      },
    }),
  },
  {
    name: 'masks several statements by the first',
    breaks: ['B2'],
    sabotage: () => ({ parts: { separable: () => true } }),
  },
  {
    name: 'masks no numbers',
    breaks: ['B3'],
    sabotage: () => ({
      parts: { maskCell: (cell, mask) => (mask === undefined || /^\d+$/.test(cell ?? '') ? cell : null) },
    }),
  },
  {
    name: 'gives one row too many',
    breaks: ['B4'],
    sabotage: () => ({ parts: { limitRow: (count, limit) => count <= limit + 1 } }),
  },
  {
    name: 'counts no bytes',
    breaks: ['B5'],
    sabotage: () => ({ parts: { limitBytes: () => true } }),
  },
  {
    name: 'takes a limit on changed rows lightly',
    breaks: ['B6'],
    sabotage: () => ({ parts: { honours: { ...parts.honours, affected: true } } }),
  },
  {
    name: 'shows documents as they are',
    breaks: ['B7'],
    sabotage: () => ({ parts: { maskKeys: (cell) => cell } }),
  },
]
