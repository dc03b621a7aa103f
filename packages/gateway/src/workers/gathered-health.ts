/** The health of all workers as one answer: of each part the worst. */
import { type Health, type HealthDetail, judgeHealth } from '../health.js'

/** What one worker says; undefined: it does not answer. */
export interface Reported {
  readonly number: number
  readonly health: Health | undefined
}

const WORST = ['green', 'yellow', 'red'] as const

export function gatherHealth(
  reports: readonly Reported[],
  missing: readonly number[],
  more: readonly HealthDetail[],
): Health {
  const worst = new Map<string, HealthDetail>()
  for (const { number, health } of reports)
    for (const detail of health?.details ?? []) {
      const known = worst.get(detail.part)
      const message = detail.message === undefined ? undefined : `worker ${number}: ${detail.message}`
      if (known === undefined || WORST.indexOf(detail.colour) > WORST.indexOf(known.colour))
        worst.set(detail.part, { ...detail, ...(message !== undefined && { message }) })
    }
  const silent = reports.filter(({ health }) => health === undefined).map(({ number }) => number)
  const nobody = reports.length === silent.length
  const absent = (number: number, message: string): HealthDetail => ({
    part: `worker ${number}`,
    colour: nobody ? 'red' : 'yellow',
    message,
  })
  return judgeHealth([
    ...more,
    ...worst.values(),
    ...silent.map((number) => absent(number, 'does not answer')),
    ...missing.map((number) => absent(number, 'is being replaced')),
  ])
}
