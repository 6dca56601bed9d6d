import type { ServerResponse } from 'node:http'
import { connect, type IncomingHttpHeaders } from 'node:http2'
import { expect, it, onTestFinished } from 'vitest'
import { until } from '../../support/until.ts'
import { http2Rig, PATH } from './rig.ts'

let odd: ServerResponse | undefined

const rig = http2Rig((request, response) => {
  const actions: Record<string, () => void> = {
    '/trailers': () => {
      response.writeHead(200, { trailer: 'etag' }).write('body')
      response.addTrailers([
        ['ETag', '"a"'],
        ['ETag', '"b"'],
        ['HTTP2-Settings', 'x'],
      ])
      response.end()
    },
    '/hints': () => {
      response.socket!.write('HTTP/1.1 103 Early\r\nETag: "a"\r\nETag: "b"\r\nHTTP2-Settings: x\r\n\r\n')
      response.writeHead(200).end('hinted')
    },
    '/settings': () => void response.writeHead(200, { 'http2-settings': 'x' }).end('plain'),
    '/799': () => {
      odd = response
      response.writeHead(799, 'Odd').write('endless')
    },
  }
  ;(actions[request.url!] ?? (() => void response.end('ok')))()
})

interface Got {
  readonly status: unknown
  readonly body: string
  readonly code: number
  readonly informed: readonly IncomingHttpHeaders[]
  readonly trailers: IncomingHttpHeaders | undefined
}

function get(path: string): Promise<Got> {
  const client = connect(rig.gateway.url)
  onTestFinished(() => client.destroy())
  client.on('error', () => undefined)
  const stream = client.request({ ':path': PATH + path, te: 'trailers' })
  const informed: IncomingHttpHeaders[] = []
  let [body, status, trailers]: [string, unknown, IncomingHttpHeaders | undefined] = ['', undefined, undefined]
  return new Promise((resolve) => {
    stream.on('headers', (fields) => informed.push(fields))
    stream.on('response', (fields) => {
      status = fields[':status']
    })
    stream.on('trailers', (fields) => {
      trailers = fields
    })
    stream.setEncoding('latin1').on('data', (text) => {
      body += text
    })
    stream
      .on('error', () => undefined)
      .on('close', () => resolve({ status, body, code: stream.rstCode, informed, trailers }))
  })
}

it('trailers that Node would not send twice are sent in one line', async () => {
  const { body, code, trailers } = await get('trailers')
  expect([body, code, trailers?.etag]).toEqual(['body', 0, '"a", "b"'])
  expect(trailers).not.toHaveProperty('http2-settings')
})

it('hints that Node would not send twice are sent in one line', async () => {
  const { body, informed } = await get('hints')
  expect([body, informed[0]?.etag]).toEqual(['hinted', '"a", "b"'])
})

it('what HTTP/2 does not know is left out', async () => {
  expect(await get('settings')).toMatchObject({ status: 200, body: 'plain' })
})

it('a status that Node will not send is a fault of the gateway, and the instance is let go of', async () => {
  expect(await get('799')).toMatchObject({ status: 500, code: 0 })
  await until('the instance is rid of it', () => odd?.destroyed)
  expect(await get('settings')).toMatchObject({ status: 200 })
})
