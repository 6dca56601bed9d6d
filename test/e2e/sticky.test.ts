import { expect, it } from 'vitest'
import { stringify } from 'yaml'
import { startGateway } from '../support/gateway.ts'
import { ask, type Named, named, namesIn, type Said, WHICH_WORKER, workersIn } from '../support/named.ts'
import { until } from '../support/until.ts'

/** Keeps cookies as a browser does, and asks over a new connection each time. */
class Browser {
  readonly #url: string
  readonly #jar = new Map<string, string>()

  constructor(url: string) {
    this.#url = url
  }

  get hasCookie(): boolean {
    return this.#jar.size > 0
  }

  async ask(): Promise<Said> {
    const cookie = [...this.#jar].map(([name, value]) => `${name}=${value}`).join('; ')
    const said = await ask(this.#url, cookie ? { cookie } : {})
    for (const one of said.cookies) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(one)!
      this.#jar.set(name!, value!)
    }
    return said
  }

  async askTimes(times: number): Promise<Said[]> {
    const all: Said[] = []
    while (all.length < times) all.push(await this.ask())
    return all
  }
}

const written = (instances: readonly unknown[]) => stringify({ services: { shop: instances } })

async function shop() {
  const instances = await named('a', 'b', 'c')
  const balancing = { type: 'sticky', options: { secret: 'a secret of the gateways' } }
  const gateway = await startGateway(stringify({ server: { workers: 2 }, ...WHICH_WORKER.yaml, balancing }), {
    services: { shop: instances.map(({ address }) => address) },
    files: WHICH_WORKER.files,
  })
  const url = `${gateway.url}/services/shop/`
  const browser = new Browser(url)
  const { name } = await browser.ask()
  return {
    browser,
    home: instances.find((one) => one.name === name)!,
    strangers: async () => namesIn(await Promise.all(Array.from({ length: 40 }, () => new Browser(url).ask()))),
    register: (entryOf: (instance: Named) => unknown) =>
      gateway.write('services.yaml', written(instances.flatMap((one) => entryOf(one) ?? []))),
  }
}

it('keeps a browser at its instance, through each worker, while others go to all', async () => {
  const { browser, home, strangers } = await shop()
  expect(browser.hasCookie).toBe(true)
  const answers = await browser.askTimes(20)
  expect([namesIn(answers), workersIn(answers)]).toEqual([[home.name], 2])
  expect(await strangers()).toEqual(['a', 'b', 'c'])
})

it('keeps it there while the instance is draining and nobody else is sent there', async () => {
  const { browser, home, strangers, register } = await shop()
  await register(({ address, name }) => (name === home.name ? { address, status: 'draining' } : address))
  await until('strangers are sent elsewhere', async () => !(await strangers()).includes(home.name))
  const answers = await browser.askTimes(20)
  expect([namesIn(answers), workersIn(answers)]).toEqual([[home.name], 2])
})

it('gives it another one for good when its instance has gone', async () => {
  const { browser, home, strangers, register } = await shop()
  await register(({ address, name }) => (name === home.name ? undefined : address))
  await until('strangers are sent elsewhere', async () => !(await strangers()).includes(home.name))
  const answers = await browser.askTimes(20)
  expect([namesIn(answers).length, workersIn(answers)]).toEqual([1, 2])
  expect(answers[0]!.name).not.toBe(home.name)
})

it('gives it another one, without a failed request, when its instance is killed and stays registered', async () => {
  const { browser, home } = await shop()
  await home.close()
  const answers = await browser.askTimes(20)
  expect(answers.every(({ status }) => status === 200)).toBe(true)
  expect([namesIn(answers).length, workersIn(answers)]).toEqual([1, 2])
})
