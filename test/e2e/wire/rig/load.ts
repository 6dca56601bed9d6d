import { readdirSync } from 'node:fs'
import type { Case } from './wire.ts'

const FOLDER = new URL('../cases/', import.meta.url)

/** All cases of all files, by rule. */
export async function loadCases(): Promise<Case[]> {
  const files = readdirSync(FOLDER).filter((file) => file.endsWith('.ts'))
  const modules = await Promise.all(files.map((file) => import(new URL(file, FOLDER).href)))
  const cases: Case[] = modules.flatMap((module) => module.cases ?? [])
  return cases.sort((a, b) => a.rule - b.rule)
}
