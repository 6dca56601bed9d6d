// The laws. Each returns what is wrong, in words, or undefined.
import { readResponseMark } from './marks.mjs'
import { parseResponse, valuesOf } from './parse.mjs'

const PREFIX = '/services/fuzz'

/**
 * An instance may close a connection in the moment of its reuse, and not every request may be sent again; and on a busy machine
 * the short time-outs strike those who have done nothing wrong.
 */
const LOST = new Set(['GW_UPSTREAM_RESET', 'GW_UPSTREAM_TIMEOUT', 'GW_REQUEST_TIMEOUT'])

const laws = [noHang, noMoreUpstream, onlyOwnAnswers, answersAreHttp, answersAreTrue, noFailure, plainIsServed]

/** @returns what is wrong with a case that has been played, in words */
export function judge(played) {
  return laws.flatMap((law) => law(played) ?? [])
}

function noHang({ outcome, seen }) {
  if (outcome.ended === 'hang') return 'the connection was neither answered nor closed'
  return seen.some(({ open }) => open) ? 'a request to an instance was left open after its client had gone' : undefined
}

/** Each request at an instance is one that the client has sent, as it has sent it, and none is there twice. */
function noMoreUpstream({ plan, seen }) {
  const left = [...plan.requests]
  for (const { request } of seen) {
    const at = left.findIndex((sent) => isSame(sent, request))
    if (at < 0)
      return `an instance was asked what nobody has asked: ${request.method} ${request.target} ${JSON.stringify(request.body.slice(0, 300))}`
    left.splice(at, 1)
  }
  return undefined
}

function isSame(sent, arrived) {
  if (sent.method !== arrived.method || !sameTarget(sent.target, arrived.target)) return false
  return arrived.complete ? sent.complete && sent.body === arrived.body : sent.body.startsWith(arrived.body)
}

function sameTarget(sent, arrived) {
  const path = sent.replace(/^http:\/\/[^/?]*/i, '')
  if (/\/(\.|%2e)/i.test(path)) return true // resolved by the gateway, in more ways than one
  return (
    path === `${PREFIX}${arrived}` ||
    (arrived === '/' && path === PREFIX) ||
    (arrived.startsWith('/?') && path === PREFIX + arrived.slice(1))
  )
}

/** What was said to somebody else, or to nobody. */
function onlyOwnAnswers({ plan, outcome, seen }) {
  for (const { fields } of heads(outcome)) {
    for (const value of valuesOf(fields, 'x-fuzz')) {
      const mark = readResponseMark(value)
      if (mark && (mark.number !== plan.number || !(mark.at in seen || mark.at === 'stray')))
        return `it got the answer ${value}`
    }
  }
  return undefined
}

const heads = ({ answers: { whole, broken } }) => (broken ? [...whole, broken] : whole)

function answersAreHttp({ outcome: { answers, ended, received } }) {
  if (answers.fault === undefined) return undefined
  // Broken off within a message is honest; a FIN behind a body without a length is not.
  if (answers.fault === 'partial' && ended !== 'done') return undefined
  return `what came is not HTTP (${answers.fault}): ${JSON.stringify(received.slice(-2000))}`
}

/** An answer that looks whole is one that an instance gave whole, and has its status and body. */
function answersAreTrue({ outcome: { answers }, seen }) {
  for (const answer of answers.whole) {
    const marks = valuesOf(answer.fields, 'x-fuzz').map(readResponseMark).filter(Boolean)
    const at = marks[0]?.at
    if (at === undefined || !(at in seen)) continue
    const { answer: given, request } = seen[at]
    const true_ = parseResponse(given.text, 0, request.method, given.end !== 'reset')
    if (typeof true_ === 'string')
      return `the answer ${at}, which is invalid (${true_}), was passed on as ${answer.status}`
    if (!true_.complete) return `the answer ${at}, which is broken, was passed on as a whole one`
    if (true_.status !== answer.status) return `the answer ${at} was ${true_.status} and came as ${answer.status}`
    if (true_.body !== answer.body)
      return `the body of answer ${at} came as another: ${JSON.stringify(answer.body.slice(0, 300))}`
  }
  return undefined
}

function noFailure({ outcome }) {
  const failed = heads(outcome).find(({ fields }) => valuesOf(fields, 'x-portolan-error').includes('GW_INTERNAL'))
  return failed && 'the gateway answered GW_INTERNAL'
}

/** Whether one of its requests was lost without anybody's fault. `Report` bounds how often that may be. */
export function wasLost({ outcome: { answers } }) {
  return answers.whole.some(({ fields }) => valuesOf(fields, 'x-portolan-error').some((code) => LOST.has(code)))
}

function plainIsServed({ plan, outcome: { answers, ended }, seen }) {
  if (!plan.plain) return undefined
  const switched = answers.whole.at(-1)?.status === 101
  // What comes after the last request may be there unread when the connection is closed, which resets it.
  const ignored = ended === 'reset' && plan.requests.length > plan.answers
  if (wasLost({ outcome: { answers } }) || switched || ignored) return undefined
  // An answer to HTTP/1.0 whose length is not known ends with the connection.
  const closed = valuesOf(answers.whole.at(-1)?.fields ?? [], 'connection').includes('close')
  if (answers.whole.length !== plan.answers && !closed)
    return `${answers.whole.length} of ${plan.answers} answers came (${ended}) where nobody broke a rule`
  const own = answers.whole.find(({ fields }) => valuesOf(fields, 'x-fuzz').length === 0)
  if (own) return `nobody broke a rule, and the gateway answered ${own.status} ${own.body.slice(0, 300)}`
  return seen.length === plan.answers || closed
    ? undefined
    : `${seen.length} requests came to the instance where ${plan.answers} were sent`
}
