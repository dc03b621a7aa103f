/** What the primary and its workers say to each other. */
import type { StopRequest } from '@gatehouse/adapter-kit'
import type { MetricObjectWithValues, MetricValueWithName } from 'prom-client'
import type { Health } from '../health.js'
import type { LogLevel } from '../log.js'
import type { Inputs } from './inputs.js'
import type { PlaceWanted } from './places.js'
import type { Station } from './station.js'

/** A fault as it travels: what a log line says of it. */
export interface SaidFault {
  readonly message: string
  readonly code?: string
  readonly cause?: string
}

export interface Assignment {
  readonly station: Station
  readonly logLevel: LogLevel
  readonly inputs: Inputs
}

export type Figures = readonly MetricObjectWithValues<MetricValueWithName<string>>[]

export type Ended =
  | { readonly kind: 'done'; readonly ended: number }
  | { readonly kind: 'refused'; readonly fault: SaidFault }

export interface PrimarySide {
  readonly asks: {
    /** Once: a worker is ready, or says why it cannot be. */
    readonly start: { readonly ask: Assignment; readonly answer: SaidFault | undefined }
    /** Opens what the new inputs need and changes nothing; undefined is yes. */
    readonly prepare: { readonly ask: Inputs; readonly answer: SaidFault | undefined }
    readonly commit: { readonly ask: undefined; readonly answer: Ended }
    readonly abandon: { readonly ask: undefined; readonly answer: undefined }
    readonly figures: { readonly ask: undefined; readonly answer: Figures }
    readonly health: { readonly ask: undefined; readonly answer: Health }
    /** Answered when running exchanges have finished and every record is in the spool. */
    readonly drain: { readonly ask: undefined; readonly answer: undefined }
    readonly stop: { readonly ask: undefined; readonly answer: undefined }
    /** Whether the worker has the session that is meant. */
    readonly 'stop-session': { readonly ask: StopCall; readonly answer: boolean }
    /** What an adapter in another worker asks of its own kind; `from`: which worker. */
    readonly sibling: { readonly ask: SiblingCall & { readonly from: number }; readonly answer: unknown }
  }
  readonly tells: {
    /** With a socket of which nothing was read. */
    readonly client: { readonly listener: string }
    /** Follows each client: a message whose socket finds no descriptor is lost on the way, and neither side hears of it. */
    readonly sent: undefined
    readonly cancel: CancelRequest
  }
}

export interface StopCall {
  readonly listener: string
  readonly request: StopRequest
}

export interface SiblingCall {
  readonly listener: string
  /** What the adapter stands before: another upstream, or other accounts, are another's business. */
  readonly mark: string
  readonly question: unknown
}

export interface CancelRequest {
  readonly processId: number
  readonly key: Uint8Array
}

export interface WorkerSide {
  readonly asks: {
    /** The worker gives it a number, by which it gives the place back: even one of which it never heard that it has it. */
    readonly take: {
      readonly ask: PlaceWanted & { readonly number: number }
      readonly answer: 'taken' | 'listener' | 'person'
    }
    readonly failed: {
      readonly ask: { readonly source: string; readonly login: string }
      readonly answer: number
    }
    /** Whether another worker has the session that is meant; `from`: who asks. */
    readonly 'stop-session': { readonly ask: StopCall & { readonly from: number }; readonly answer: boolean }
    /** Rejected when the other worker has gone, or cannot answer. */
    readonly sibling: {
      readonly ask: SiblingCall & { readonly from: number; readonly to: number }
      readonly answer: unknown
    }
  }
  readonly tells: {
    /** The client is here. */
    readonly took: undefined
    /** The client is for another: this worker is ending. Nothing was read of it. */
    readonly declined: undefined
    /** A client was sent and has not come: no file can be opened here at the moment. */
    readonly missed: undefined
    /** A client's connection has ended. */
    readonly left: undefined
    readonly 'give-back': number
    readonly succeeded: { readonly source: string; readonly login: string }
    /** For the worker whose number the process id holds. */
    readonly cancel: CancelRequest
  }
}
