import { readdirSync } from 'node:fs'
import type { Case } from './wire.ts'

const FOLDER = new URL('../cases/', import.meta.url)

/** All cases of all files, by rule. */
export async function loadCases(): Promise<Case[]> {
  const files = readdirSync(FOLDER).filter((file) => file.endsWith('.ts'))
  const cases: Case[] = []
  // One after the other: jiti would hand out modules that are still being loaded.
  for (const file of files) cases.push(...((await import(new URL(file, FOLDER).href)).cases ?? []))
  return cases.sort((a, b) => a.rule - b.rule)
}
