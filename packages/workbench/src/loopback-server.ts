/** A program that listens on one loopback port. */
import { accepts, startProgram, type TemporaryFolder } from '@gatehouse/embedded'

export interface LoopbackServer {
  readonly host: string
  readonly port: number
  readonly pid: number
  readonly logFile: string
  stop(): Promise<void>
}

/** Ready when it accepts connections. */
export async function startOnLoopback(
  port: number,
  folder: TemporaryFolder,
  start: { readonly command: string; readonly args: readonly string[] },
): Promise<LoopbackServer> {
  try {
    const program = await startProgram({
      ...start,
      unprivileged: true,
      folder: folder.path,
      removed: folder.path,
      stopSignal: 'SIGINT',
      stopWithin: 2000,
      ready: () => accepts(port),
    })
    return {
      host: '127.0.0.1',
      port,
      pid: program.pid,
      logFile: program.logFile,
      async stop() {
        await program.stop()
        folder.remove()
      },
    }
  } catch (error) {
    folder.remove()
    throw error
  }
}
