/** A Postgres that lets a person in thousands of times and says nothing more; who reads the catalog is passed on to a real one. */
import { connect, createServer, type Socket } from 'node:net'

const [, , real, person] = process.argv
const READY = Buffer.concat([
  framed('R', Buffer.from([0, 0, 0, 0])),
  framed('S', Buffer.from('server_version\x0018.0\0')),
  framed('S', Buffer.from('client_encoding\0UTF8\0')),
  framed('S', Buffer.from('standard_conforming_strings\0on\0')),
  framed('K', Buffer.from([0, 0, 0, 1, 0, 0, 0, 1])),
  framed('Z', Buffer.from('I')),
])

function framed(type: string, body: Buffer): Buffer {
  const head = Buffer.alloc(5)
  head.write(type)
  head.writeUInt32BE(body.length + 4, 1)
  return Buffer.concat([head, body])
}

const passOn = (client: Socket, first: Buffer) => {
  const server = connect(Number(real), '127.0.0.1')
  server.write(first)
  client.pipe(server)
  server.pipe(client)
  const end = () => {
    client.destroy()
    server.destroy()
  }
  for (const socket of [client, server]) socket.on('error', end).on('close', end)
}

const server = createServer((client) => {
  client.on('error', () => client.destroy())
  client.once('data', (first: Buffer) => {
    if (!first.includes(person ?? '')) passOn(client, first)
    else {
      client.write(READY)
      client.resume()
    }
  })
})
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`${JSON.stringify(server.address())}\n`)
})
process.on('SIGTERM', () => process.exit(0))
