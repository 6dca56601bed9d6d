import { expect, it } from 'vitest'
import * as testing from './index.ts'

it('offers a contract for adapters and one for strategies, and what both are tried with', () => {
  expect(Object.keys(testing).sort()).toEqual([
    'Following',
    'adapterContract',
    'endpoint',
    'endpoints',
    'fail',
    'mulberry32',
    'pickContext',
    'pluginContext',
    'scripted',
    'strategyContract',
    'summary',
    'view',
  ])
})
