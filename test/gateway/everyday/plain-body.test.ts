import type { Socket } from 'node:net'
import { expect, it } from 'vitest'
import { PlainBody } from '../../../src/gateway/http1/everyday/plain-body.ts'

/** A body of so many bytes, what is told of it, and whether its client has to wait. */
function bodyOf(bytes: number) {
  let paused = false
  const socket = {
    isPaused: () => paused,
    pause: () => {
      paused = true
    },
    resume: () => {
      paused = false
    },
  }
  const body = new PlainBody(bytes, socket as unknown as Socket)
  const told: string[] = []
  body.on('data', (chunk) => told.push(`data ${chunk}`)).on('end', () => told.push('end'))
  body.on('close', () => told.push('close'))
  return { body, told, isPaused: () => paused }
}

it('gives what has come to whoever reads, in order, and the end once', () => {
  const { body, told } = bodyOf(6)
  expect(body.take(Buffer.from('ab'))).toBeUndefined()
  body.take(Buffer.from('cd'))
  expect([told, body.readableFlowing, body.readableDidRead, body.readableLength]).toEqual([[], null, false, 4])
  body.resume()
  expect(told).toEqual(['data ab', 'data cd'])
  body.take(Buffer.from('ef'))
  body.pause().resume()
  expect(told).toEqual(['data ab', 'data cd', 'data ef', 'end'])
  expect([body.complete, body.readableEnded, body.readableLength]).toEqual([true, true, 0])
})

it('is no longer than was told', () => {
  const { body, told } = bodyOf(3)
  body.resume()
  expect(String(body.take(Buffer.from('abcGET')))).toBe('GET')
  expect(told).toEqual(['data abc', 'end'])
})

it('is given away as a whole once, if it is there in one piece and untouched', () => {
  const { body, told } = bodyOf(2)
  expect(body.takeWhole()).toBeUndefined()
  body.take(Buffer.from('ab'))
  expect(String(body.takeWhole())).toBe('ab')
  expect([body.takeWhole(), body.readableDidRead, body.readableEnded, body.readableLength]).toEqual([
    undefined,
    true,
    true,
    0,
  ])
  body.resume()
  expect(told).toEqual([])
  const touched = bodyOf(2).body.pause()
  touched.take(Buffer.from('ab'))
  expect(touched.takeWhole()).toBeUndefined()
  const pieces = bodyOf(2).body
  pieces.take(Buffer.from('a'))
  pieces.take(Buffer.from('b'))
  expect([pieces.takeWhole(), pieces.readableLength]).toEqual([undefined, 2])
})

it('gives nothing while it is paused, in the midst of what waits too', () => {
  const { body, told } = bodyOf(3)
  body.take(Buffer.from('a'))
  body.take(Buffer.from('b'))
  body.once('data', () => body.pause())
  body.resume()
  expect(told).toEqual(['data a'])
  body.take(Buffer.from('c'))
  expect(told).toEqual(['data a'])
  body.resume()
  expect(told).toEqual(['data a', 'data b', 'data c', 'end'])
})

it('has its client wait once much of it waits to be read, unless that is all', () => {
  const { body, isPaused } = bodyOf(100_000)
  body.take(Buffer.alloc(60_000))
  expect(isPaused()).toBe(false)
  body.take(Buffer.alloc(30_000))
  expect(isPaused()).toBe(true)
  body.resume()
  expect(isPaused()).toBe(false)
  const whole = bodyOf(100_000)
  whole.body.take(Buffer.alloc(100_000))
  expect(whole.isPaused()).toBe(false)
})

it('gives nothing more once it is closed, and lets its client send the rest', () => {
  const { body, told, isPaused } = bodyOf(200_000)
  body.take(Buffer.alloc(100_000))
  expect(isPaused()).toBe(true)
  body.close()
  body.close()
  expect([isPaused(), body.destroyed, body.readableLength]).toEqual([false, true, 0])
  expect(String(body.take(Buffer.from(`${'x'.repeat(100_000)}GET`)))).toBe('GET')
  body.resume()
  expect(told).toEqual(['close'])
})

it('tells whoever listens why it is closed, and does not mind if nobody does', () => {
  const cause = new Error('gone')
  const { body } = bodyOf(1)
  body.close(cause)
  expect(body.errored).toBe(cause)
  const other = bodyOf(1)
  other.body.on('error', ({ message }) => other.told.push(message))
  other.body.close(cause)
  expect(other.told).toEqual(['gone', 'close'])
})
