import { createServer, type Server } from 'node:http'

/** The services that `config/services.yaml` names: what each instance answers, by path. */
const INSTANCES: readonly {
  readonly port: number
  readonly service: string
  readonly answers: Record<string, string>
}[] = [
  { port: 3001, service: 'service_1', answers: { '/': 'This is Service 1.', '/user?id=1': "It's user 1." } },
  { port: 3002, service: 'service_1', answers: { '/': 'This is Service 1.', '/user?id=1': "It's user 1." } },
  { port: 3003, service: 'service_2', answers: { '/': 'This is Service 2.' } },
]

/** @throws Error when a port is taken */
export function startServices(): Promise<readonly Server[]> {
  return Promise.all(INSTANCES.map(({ port, service, answers }) => listening(port, service, answers)))
}

function listening(port: number, service: string, answers: Record<string, string>): Promise<Server> {
  const server = createServer((request, response) => {
    const answer = answers[request.url ?? '/']
    response.writeHead(answer ? 200 : 404, { 'content-type': 'text/plain', 'x-instance': `${service}:${port}` })
    response.end(`${answer ?? 'Not found.'}\n`)
  })
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => resolve(server))
  })
}
