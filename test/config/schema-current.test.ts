import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { builtins } from '../../src/builtins.ts'
import { Catalog } from '../../src/catalog/catalog.ts'
import { renderSchema } from '../../src/config/json-schema.ts'

it('ships the schema of the configuration as the code has it', () => {
  const remedy = 'npm run build && node dist/src/cli/main.js schema > config/schema.json'
  expect(readFileSync('config/schema.json', 'utf8'), remedy).toBe(renderSchema(new Catalog(builtins)))
})
