import { WebSocketServer } from 'ws'

const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
server.on('connection', (socket) => socket.on('message', (message, binary) => socket.send(message, { binary })))
server.on('listening', () => process.send(server.address().port))
