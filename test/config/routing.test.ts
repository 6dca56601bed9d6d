import { expect, it } from 'vitest'
import { configOf, problemsIn } from './support.ts'

const table = (route: string) => `routing: { mode: table, routes: [{ ${route} }] }`
const routeOf = async (route: string) => {
  const [mode] = (await configOf(table(route))).routing
  return mode?.mode === 'table' ? mode.routes[0] : undefined
}

it('takes one mode for a list of one', async () => {
  expect((await configOf('routing: { mode: path }')).routing).toEqual([{ mode: 'path', prefix: '/services' }])
})

it('keeps the order of several', async () => {
  const { routing } = await configOf('routing: [{ mode: path }, { mode: headers }]')
  expect(routing.map(({ mode }) => mode)).toEqual(['path', 'headers'])
})

it.each([
  ['/', ''],
  ['""', ''],
  ['/api', '/api'],
  ['/api/v1/', '/api/v1'],
])('reads the prefix %s', async (written, prefix) => {
  expect((await configOf(`routing: { mode: path, prefix: ${written} }`)).routing).toEqual([{ mode: 'path', prefix }])
})

it('writes header names in lower case', async () => {
  const { routing } = await configOf('routing: { mode: headers, service: X-Service, api: X-Api }')
  expect(routing).toEqual([{ mode: 'headers', service: 'x-service', api: 'x-api' }])
})

it('makes one share of a single service, and leaves out what is not set', async () => {
  expect(await routeOf('match: { path: /shop/* }, service: shop')).toEqual({
    match: { path: '/shop/*' },
    split: [{ service: 'shop', weight: 1 }],
    middleware: [],
  })
})

it('reads a route with everything in it', async () => {
  const match = 'match: { path: /a/*, host: "*.Example.com", methods: [get], headers: { X-Beta: "*" } }'
  const split = 'split: [{ service: a, weight: 9 }, { service: b, weight: 1 }]'
  expect(await routeOf(`${match}, ${split}, rewrite: /v2/*, middleware: [request-id]`)).toEqual({
    match: { path: '/a/*', host: '*.example.com', methods: ['GET'], headers: { 'x-beta': '*' } },
    split: [
      { service: 'a', weight: 9 },
      { service: 'b', weight: 1 },
    ],
    rewrite: '/v2/*',
    middleware: [{ type: 'request-id', options: undefined }],
  })
})

it.each([
  ['match: {}, service: a', '43', 'match: has no condition; write a path, a host, methods or headers'],
  ['match: { headers: {} }, service: a', '54', 'match.headers: names no header'],
  ['service: a', '34', 'match: is required'],
  ['match: { path: /a }', '34', ': names no service; write "service" or "split"'],
  [
    'match: { path: /a }, service: a, split: [{ service: b, weight: 1 }]',
    '76',
    'split: service and split exclude each other',
  ],
  [
    'match: { path: /a }, service: a, stripPrefix: /a, rewrite: /b',
    '95',
    'rewrite: stripPrefix and rewrite exclude each other',
  ],
  [
    'match: { path: /a }, service: a, rewrite: /b/*',
    '78',
    'rewrite: ends with "*", but match.path has no "*" to take from',
  ],
  ['match: { path: /a }, split: []', '64', 'split: needs at least 1 entry'],
  ['match: { path: /a }, split: [{ service: a, weight: 0 }]', '64', 'split: needs a weight above 0'],
  ['match: { path: /a }, split: [{ service: a, weight: -1 }]', '87', 'split[0].weight: must be at least 0'],
  ['match: { path: /a }, split: [{ service: a }]', '65', 'split[0].weight: is required'],
  [
    'match: { path: /a }, service: a/b',
    '66',
    'service: "a/b" is not a service name: letters, digits, ".", "_", ":", "-", at most 128',
  ],
  ['match: { host: "a*.b" }, service: a', '51', 'match.host: "a*.b" is not a host name; a "*" only as the first label'],
  ['match: { methods: [] }, service: a', '54', 'match.methods: needs at least 1 entry'],
  ['match: { methods: ["G T"] }, service: a', '55', 'match.methods[0]: "G T" is not a method'],
  ['match: { headers: { "x y": 1 } }, service: a', '56', 'match.headers["x y"]: "x y" is not a header name'],
  ['match: { headers: { x: 1 } }, service: a', '59', 'match.headers.x: expected text, got a number; put it in quotes'],
  [
    'match: { headers: { x: a, X: b } }, service: a',
    '54',
    'match.headers: "x" is set twice; header names have no case',
  ],
])('refuses the route %s', async (route, column, problem) => {
  const place = problem.startsWith(':') ? 'routing.routes[0]' : 'routing.routes[0].'
  expect((await problemsIn(table(route)))[0]).toBe(`1:${column}  ${place}${problem}`)
})

it.each(['shop', '/a*', '/*/a', '/a/**', '/a?b', '/a#b', '"/a b"'])('refuses the path pattern %s', async (path) => {
  const [problem] = await problemsIn(table(`match: { path: ${path} }, service: a`))
  expect(problem).toMatch(/^1:51 {2}routing\.routes\[0\]\.match\.path: "[^"]+" is not a path: it starts with "\/"/)
})

it.each(['/', '/*', '/shop', '/shop/', '/shop/*', '/a%2Fb'])('takes the path pattern %s', async (path) => {
  expect((await routeOf(`match: { path: ${path} }, service: a`))?.match.path).toBe(path)
})

it.each([
  ['routing: []', '1:10  routing: needs at least 1 entry'],
  ['routing: 3', '1:10  routing: expected a mapping or a list, got 3'],
  ['routing: [{}]', '1:11  routing[0].mode: is required; known: headers, path, table'],
  [
    'routing: { mode: tabel }',
    '1:18  routing.mode: unknown mode "tabel"; did you mean "table"? known: headers, path, table',
  ],
  [
    'routing: { mode: path, perfix: /a }',
    '1:24  routing.perfix: unknown key "perfix"; did you mean "prefix"? known: mode, prefix',
  ],
  [
    'routing: { mode: path, prefix: api }',
    '1:32  routing.prefix: "api" is not a path: it starts with "/" and has no "?", "#" or space',
  ],
  ['routing: { mode: headers, service: X, api: x }', '1:44  routing.api: is the header that names the service'],
  ['routing: { mode: headers, service: "a b" }', '1:36  routing.service: "a b" is not a header name'],
])('refuses %j', async (text, problem) => {
  expect(await problemsIn(text)).toEqual([problem])
})

it('finds what contradicts itself in a route that has an unknown key too', async () => {
  expect(
    await problemsIn(table('match: { path: /a }, service: a, split: [{ service: b, weight: 1 }], bogus: 1')),
  ).toEqual([
    '1:76  routing.routes[0].split: service and split exclude each other',
    expect.stringMatching(/^1:105 {2}routing.routes\[0\].bogus: unknown key "bogus"/),
  ])
})
