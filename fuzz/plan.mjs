import { addressOf } from './marks.mjs'
import { request, response, strayResponse } from './messages.mjs'
import { mutated } from './mutate.mjs'
import { parseRequests, parseResponse, valuesOf } from './parse.mjs'
import { Random } from './random.mjs'

/** No more than this is said on one client connection. */
const MOST_REQUESTS = 3

/**
 * What one client does, all of it from the seed and the number of the case.
 *
 * `plain`: neither side breaks a rule, so that every request must have its answer.
 */
export function planOf(seed, number) {
  const random = new Random(seed, number)
  const plain = random.chance(20)
  const count = 1 + random.below(MOST_REQUESTS)
  let text = Array.from({ length: count }, (_, at) => request(random, number, at)).join('')
  if (!plain && random.chance(65)) text = mutated(text, random)
  if (!plain && random.chance(12)) text = text.slice(0, random.below(text.length + 1))
  const { requests, rest } = parseRequests(text)
  return {
    number,
    plain,
    text,
    address: addressOf(number),
    pieces: split(text, random),
    slow: random.chance(5),
    ending: plain ? 'wait' : random.pick(['wait', 'wait', 'wait', 'fin', 'reset']),
    requests,
    rest,
    answers: answered(requests),
  }
}

/** What an instance does to the request of a case that comes to it as the one at place `at`. */
export function answerOf(seed, plan, at, asked) {
  const random = new Random(seed ^ 0x5bd1e995, plan.number * MOST_REQUESTS * 4 + at)
  let { text, end } = response(random, plan.number, at, asked)
  if (!plan.plain && random.chance(60)) text = mutated(text, random)
  if (!plan.plain && random.chance(8)) text += strayResponse(plan.number)
  if (!plan.plain && random.chance(8)) text = text.slice(0, random.below(text.length + 1))
  const found = parseResponse(text, 0, asked.method, end === 'fin')
  const whole = found.complete === true
  if (!whole) end = random.pick(['fin', 'fin', 'reset', 'silence'])
  // What follows a whole answer goes with it. A while later, on a connection that serves another request by then,
  // nobody could tell that it is not the answer to that one.
  const pieces = whole ? split(text.slice(0, found.end), random) : split(text, random)
  if (whole) pieces.push((pieces.pop() ?? '') + text.slice(found.end))
  return { text, pieces, end, early: !plan.plain && random.chance(15), continues: random.chance(70) }
}

function split(text, random) {
  const cuts = Array.from({ length: random.pick([0, 0, 1, 4]) }, () => random.below(text.length + 1)).sort(
    (a, b) => a - b,
  )
  const bounds = [0, ...cuts, text.length]
  return bounds
    .slice(1)
    .map((to, i) => text.slice(bounds[i], to))
    .filter(Boolean)
}

/** How many of the requests are to be answered: all, up to one after which the connection does not go on. */
function answered(requests) {
  const last = requests.findIndex(({ version, fields, complete }) => {
    const options = valuesOf(fields, 'connection').flatMap((value) => value.toLowerCase().split(/[ \t]*,[ \t]*/))
    const ends = version === 'HTTP/1.0' ? !options.includes('keep-alive') : options.includes('close')
    return !complete || ends || options.includes('upgrade')
  })
  return last < 0 ? requests.length : last + 1
}
