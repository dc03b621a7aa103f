/** Is the gateway fit to take clients? Answered from memory: no question disturbs a listener. */

export interface HealthDetail {
  readonly part: string
  /** `red`: not ready. `yellow`: works, and somebody should look. */
  readonly colour: 'green' | 'yellow' | 'red'
  readonly message?: string
}

export interface Health {
  readonly ready: boolean
  readonly colour: HealthDetail['colour']
  readonly details: readonly HealthDetail[]
}

export function judgeHealth(details: readonly HealthDetail[]): Health {
  const has = (colour: HealthDetail['colour']) => details.some((detail) => detail.colour === colour)
  const colour = has('red') ? 'red' : has('yellow') ? 'yellow' : 'green'
  return { ready: colour !== 'red', colour, details }
}
