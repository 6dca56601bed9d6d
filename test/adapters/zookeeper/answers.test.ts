import { describe, expect, it } from 'vitest'
import { zookeeper } from '../../../adapters/zookeeper/index.ts'
import { subject } from '../../support/adapter.ts'
import { event, frame, refusal, scriptedServer, sessionOpened } from '../../support/scripted-server.ts'

const HUGE = Buffer.from([0x7f, 0xff, 0xff, 0xff])
const NEGATIVE = Buffer.from([0xff, 0xff, 0xff, 0xff])

describe('a server that says what the library does not understand', () => {
  it.each([
    ['an error code it does not know', sessionOpened(4000), refusal(-124), 'refuses with error code -124'],
    ['a reply that is too short', sessionOpened(4000), frame(Buffer.alloc(3)), 'out of range'],
    ['a reply that is empty', sessionOpened(4000), frame(Buffer.alloc(0)), 'out of buffer range'],
    ['a reply without an end', sessionOpened(4000), HUGE, 'a frame of 2147483647 bytes is not'],
    ['a reply shorter than nothing', sessionOpened(4000), NEGATIVE, 'a frame of -1 bytes is not'],
    ['HTTP', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'), refusal(0), 'a frame of 1213486160 bytes is not'],
    ['an answer to no question', sessionOpened(4000), refusal(0, 77), 'it answers what it was not asked'],
    ['a watch of a kind it does not know', sessionOpened(4000), event(99), 'cannot be understood: '],
    ['a quota that is used up', sessionOpened(4000), refusal(-125), 'error code -125: a quota is used up'],
    ['a code that nobody knows', sessionOpened(4000), refusal(-9999), 'error code -9999'],
    ['no session at once', frame(Buffer.alloc(0)), refusal(0), 'out of buffer range'],
    ['a listing without an end', sessionOpened(4000), refusal(0), 'out of buffer range'],
    ['no session but a short frame', frame(Buffer.alloc(16)), refusal(0), 'out of range'],
    ['a session that is refused', sessionOpened(0), refusal(0), 'session refused: expired'],
  ])('by %s is reported, and does no harm', async (_what, first, second, message) => {
    const { follow } = await subject(zookeeper, { hosts: await scriptedServer(first, second), connectTimeout: '1s' })
    expect((await follow().failure()).message).toContain(message)
  })
})
