/** What the way to an instance takes besides the plain request; the detail says which kind. */
export type MeterEvent =
  /** Sent again: `connect`, `reset`, `timeout` or the status. */
  | 'retry'
  /** Not sent again, though it could have been: `budget`, `deadline`. */
  | 'retry-denied'
  /** A second request beside the first: `sent`, and `won` when its answer was taken. */
  | 'hedge'
  /** An instance is left out: `consecutive`, `rate`, or `trial` when it failed its trial. */
  | 'ejection'
  /** An instance is taken back. No detail: ''. */
  | 'readmission'
  /** Not sent at all: `pending`, `timeout`, `breaker`. */
  | 'refused'
  /** A connection has switched to another protocol: which one. */
  | 'tunnel'
