import http from 'node:http'
import https from 'node:https'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** A loopback port that was free a moment ago. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => resolve(port))
    })
  })
}

/**
 * GETs once; or, with `until`, again and again until that status comes. `asked`: `method`, `headers`, `body`, and whether it is
 * `secure`, which believes any certificate.
 * @throws when `unless`, the program that should answer, has exited, or `seconds` are over
 */
export async function get(port, path, { until, unless, seconds = 15, everyMs = 50, ...asked } = {}) {
  const deadline = Date.now() + seconds * 1000
  for (;;) {
    const answer = await once(port, path, asked).catch((error) => ({ status: 0, text: error.message }))
    if (!until || answer.status === until) return answer
    if (unless?.hasExited()) throw new Error(`it exited before it answered: ${unless.lastWords()}`)
    if (Date.now() > deadline)
      throw new Error(`no ${until} in ${seconds} s, last ${answer.status} ${answer.text.slice(0, 200)}`)
    await sleep(everyMs)
  }
}

function once(port, path, { secure, method, headers, body }) {
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port, path, method, headers, agent: false, timeout: 5000 }
    const request = (secure ? https : http).request({ ...options, rejectUnauthorized: false }, async (response) => {
      let text = ''
      for await (const chunk of response.setEncoding('latin1')) text += chunk
      resolve({ status: response.statusCode, text })
    })
    request.on('error', reject).on('timeout', () => request.destroy(new Error('no answer in 5 s')))
    request.end(body)
  })
}
