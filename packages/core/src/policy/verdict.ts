/** Decisions that let nothing through, in words for whoever is refused. Never a value from the data. */
import { type Action, resourceName } from '../action.js'
import type { Hold, Limit, Prohibition } from '../decision.js'
import type { BoundRule } from './bind.js'
import { isOpaque } from './condition-facts.js'
import type { Probe } from './probing.js'

function deed(action: Action | undefined): string {
  return action ? `${action.verb} on \`${resourceName(action.resource)}\`` : 'this statement'
}

function reason(rule: BoundRule): string {
  return 'message' in rule.rule && rule.rule.message !== undefined ? `: ${rule.rule.message}` : ''
}

export function never(why: string): Prohibition {
  return {
    effect: 'forbid',
    rules: [],
    code: 'GH_NEVER',
    message: `no rule can permit this: ${why}`,
    hint: 'make this change over a connection that does not pass through the gateway',
  }
}

export function failed(rule: BoundRule, action: Action | undefined): Prohibition {
  return {
    effect: 'forbid',
    rules: [rule.id],
    code: 'GH_RULE_FAILED',
    message: `${deed(action)} is refused because the rule \`${rule.id}\` could not be evaluated`,
    hint: 'ask the owner of the policy to repair the condition of this rule',
  }
}

export function forbidden(rule: BoundRule, action: Action | undefined): Prohibition {
  return {
    effect: 'forbid',
    rules: [rule.id],
    code: 'GH_FORBIDDEN',
    message:
      action !== undefined && isOpaque(action)
        ? `${action.why ?? `what \`${action.command}\` does cannot be read`}; it could do what \`${rule.id}\` forbids`
        : `${deed(action)} is forbidden by \`${rule.id}\`${reason(rule)}`,
    hint: 'ask the owner of the policy if you need this',
  }
}

export function lacking(action: Action): Prohibition {
  const opaque = isOpaque(action)
  const why = action.why === undefined ? '' : `: ${action.why}`
  // The reason comes first: most often a name is misspelt, and that is what the person must see.
  const unknown = action.why === undefined ? `what \`${action.command}\` would do is not known` : action.why
  return {
    effect: 'forbid',
    rules: [],
    code: opaque ? 'GH_OPAQUE' : action.verb === 'connect' ? 'GH_CONNECT' : 'GH_FORBIDDEN',
    message: opaque
      ? `${unknown}; no rule permits you statements that cannot be read through`
      : `no rule permits ${deed(action)}${why}`,
    hint: 'ask the owner of the policy for a rule that permits it',
  }
}

export function probed(probe: Probe): Prohibition {
  const { field, use, code, rule } = probe
  const why = probe.why === undefined ? '' : `: ${probe.why}`
  const message =
    use === 'unknown'
      ? `which fields of \`${field}\` this uses is not known, and you see some masked${why}`
      : code === 'GH_FLOW'
        ? `you see \`${field}\` masked: you cannot ${use === 'written' ? 'write it' : 'move its values elsewhere'}${why}`
        : `you see \`${field}\` masked: it cannot be used here (${use})`
  return {
    effect: 'forbid',
    rules: [rule.id],
    code,
    message: `${message}${reason(rule)}`,
    hint: code === 'GH_FLOW' ? 'leave this field out' : 'select the field as it is, or leave it out',
  }
}

export function collected(rows: Limit): Prohibition {
  return {
    effect: 'forbid',
    rules: [rows.rule],
    code: 'GH_ROW_LIMIT',
    message: `you may read ${rows.limit} rows, and this copies them out or gathers many into one, which cannot be counted`,
    hint: 'select the rows themselves',
  }
}

export function copied(bytes: Limit): Prohibition {
  return {
    effect: 'forbid',
    rules: [bytes.rule],
    code: 'GH_ROW_LIMIT',
    message: `you may read ${bytes.limit} bytes at a time, and a COPY cannot be stopped there`,
    hint: 'select the rows themselves',
  }
}

/** `why` the number of rows that it changes is not known; left out: because such commands have none. */
export function uncounted(rule: string, action: Action | undefined, why: string | undefined): Prohibition {
  const reason = why ?? 'no server says how many rows such a command changes'
  return {
    effect: 'forbid',
    rules: [rule],
    code: 'GH_ROW_LIMIT',
    message: `\`${rule}\` limits how many rows you may change, and ${deed(action)} cannot be counted: ${reason}`,
    hint: 'change the rows by a plain INSERT, UPDATE, DELETE or MERGE',
  }
}

export function held(bound: BoundRule, action: Action | undefined, rules: readonly string[]): Hold {
  const approvers = bound.rule.effect === 'hold' ? bound.rule.approvers : undefined
  return {
    effect: 'hold',
    rules: [bound.id, ...rules.filter((id) => id !== bound.id)],
    approvers: [
      ...(approvers?.groups ?? []).map((name) => `group:${name}`),
      ...(approvers?.users ?? []).map((name) => `user:${name}`),
    ],
    message: `${deed(action)} needs approval by \`${bound.id}\`${reason(bound)}`,
  }
}
