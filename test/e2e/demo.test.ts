import { spawn } from 'node:child_process'
import { connect } from 'node:net'
import { fileURLToPath } from 'node:url'
import { expect, it, onTestFinished } from 'vitest'
import { call } from '../support/call.ts'
import { startGateway } from '../support/gateway.ts'
import { until } from '../support/until.ts'
import { SERVICE_1, SERVICE_2, startUpstream, type Upstream } from '../support/upstream.ts'
import { scratchRoot, sharedZooKeeper } from '../support/zookeeper.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** Three instances of two services, each with its ephemeral node, and a gateway that reads them. */
async function charted({ workers = 1, node = plainNode }: { workers?: number; node?: NodeOf } = {}) {
  const { root, writer } = await scratchRoot()
  const upstreams = await Promise.all([SERVICE_1, SERVICE_1, SERVICE_2].map((answer) => startUpstream(answer)))
  const [one, two, three] = upstreams as [Upstream, Upstream, Upstream]
  const register = async (service: string, upstream: Upstream) => {
    const { name, data } = node(upstream)
    await writer.createEphemeral(`${root}/${service}/${name}`, data)
  }
  await register('service_1', one)
  await register('service_1', two)
  await register('service_2', three)
  const gateway = await startGateway(`
    server: { workers: ${workers} }
    registry: { type: zookeeper, options: { hosts: ["${sharedZooKeeper()}"], root: ${root} } }
    balancing: round-robin
  `)
  const ask = (service: string, api: string) =>
    call(`${gateway.url}/`, { headers: { service_name: service, api_name: api } })
  return { gateway, ask, one, two, three, root, writer, register }
}

type NodeOf = (upstream: Upstream) => { name: string; data?: string }
const plainNode: NodeOf = ({ address }) => ({ name: address })

it('takes a request to the service that its headers name', async () => {
  const { ask } = await charted()
  expect(await ask('service_2', '/')).toMatchObject({ status: 200, text: 'This is Service 2.' })
  expect(await ask('service_1', '/user?id=1')).toMatchObject({ status: 200, text: "It's user 1." })
})

it('takes a request to the service that its path names', async () => {
  const { gateway } = await charted()
  expect(await call(`${gateway.url}/services/service_1/user?id=1`)).toMatchObject({ status: 200, text: "It's user 1." })
  expect(await call(`${gateway.url}/services/service_2/`)).toMatchObject({ status: 200, text: 'This is Service 2.' })
  expect(await call(`${gateway.url}/services/service_2`)).toMatchObject({ status: 200, text: 'This is Service 2.' })
})

for (const workers of [1, 2]) {
  it(`spreads six connections three to three over two instances, with workers: ${workers}`, async () => {
    const { ask, one, two } = await charted({ workers })
    for (let i = 0; i < 6; i++) expect((await ask('service_1', '/')).text).toBe('This is Service 1.')
    expect([one.asked.length, two.asked.length]).toEqual([3, 3])
  })
}

it('follows an ephemeral node that goes with its instance and comes back, without a restart', async () => {
  const { gateway, ask, three, root, writer, register } = await charted({ workers: 2 })
  expect((await ask('service_2', '/')).status).toBe(200)
  await writer.remove(`${root}/service_2/${three.address}`)
  await three.close()
  const refused = await until('no instance is left', async () => {
    const reply = await ask('service_2', '/')
    return reply.status === 503 && reply
  })
  expect(refused.headers['x-portolan-error']).toBe('GW_NO_ENDPOINT')
  expect((await ask('service_1', '/')).status).toBe(200)
  await register('service_2', await startUpstream(SERVICE_2))
  await until('an instance is back', async () => (await ask('service_2', '/')).status === 200)
  expect(gateway.logs.filter(({ msg }) => msg === 'a worker died and is replaced')).toEqual([])
})

it('reads what registrator writes', async () => {
  const node: NodeOf = ({ port }) => ({
    name: `host:service:${port}`,
    data: JSON.stringify({ Name: 'service', IP: '127.0.0.1', PublicPort: port, PrivatePort: 80, Tags: [], Attrs: {} }),
  })
  const { ask, one, two } = await charted({ node })
  expect((await ask('service_2', '/')).text).toBe('This is Service 2.')
  for (let i = 0; i < 4; i++) expect((await ask('service_1', '/user?id=1')).text).toBe("It's user 1.")
  expect([one.asked.length, two.asked.length]).toEqual([2, 2])
})

it('answers each line that npm start prints, and ends on SIGTERM', async () => {
  for (const port of [8080, 9080, 3001, 3002, 3003])
    expect(await taken(port), `port ${port} must be free for the demo`).toBe(false)
  const child = spawn(process.execPath, ['dist/examples/demo/start.js'], { cwd: ROOT })
  const exit = new Promise((resolve) => child.once('exit', (code) => resolve(code)))
  onTestFinished(async () => {
    child.kill('SIGTERM')
    await exit
  })
  let said = ''
  child.stdout.setEncoding('utf8').on('data', (text) => {
    said += text
  })
  await until('the demo serves', async () => (await reply('http://127.0.0.1:9080/readyz'))?.status === 200)
  const lines = said.split('\n').filter((line) => line.trim().startsWith('curl '))
  expect(lines).toHaveLength(5)
  const answers = await Promise.all(lines.map(curl))
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200])
  expect(answers.slice(0, 3).map(({ text }) => text)).toEqual([
    "It's user 1.\n",
    'This is Service 2.\n',
    "It's user 1.\n",
  ])
  child.kill('SIGTERM')
  expect(await exit).toBe(0)
})

/** What curl would do with such a line. */
function curl(line: string) {
  const headers = [...line.matchAll(/-H '([^:]+): ([^']+)'/g)].map(([, name, value]) => [name!, value!] as const)
  return call(/http:\S+/.exec(line)![0], { headers: Object.fromEntries(headers) })
}

const reply = (url: string) => call(url).catch(() => undefined)

function taken(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false))
    socket.on('connect', () => socket.destroy())
  })
}
