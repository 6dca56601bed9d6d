import type { ParseOptions } from '../config/load.ts'

/** What a verb of the command line works with, so that a test can be one. Verbs return their exit code. */
export interface Console extends ParseOptions {
  readonly stdout: Output
  readonly stderr: Output
}

export interface Output {
  write(text: string): unknown
}

/** 64 and 78 are EX_USAGE and EX_CONFIG of sysexits.h. */
export const ExitCode = { ok: 0, failure: 1, usage: 64, config: 78 } as const
