/** A proxy that only copies: the floor of this runtime, measured in the same run. */
import { connect, createServer } from 'node:net'

const upstream = Number(process.argv[2])
const server = createServer((client) => {
  const server = connect(upstream, '127.0.0.1')
  client.setNoDelay(true)
  server.setNoDelay(true)
  client.on('data', (chunk) => server.write(chunk))
  server.on('data', (chunk) => client.write(chunk))
  const end = () => {
    client.destroy()
    server.destroy()
  }
  for (const socket of [client, server]) {
    socket.on('error', end)
    socket.on('close', end)
  }
})
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`${JSON.stringify(server.address())}\n`)
})
process.on('SIGTERM', () => process.exit(0))
