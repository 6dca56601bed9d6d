/** What both transports bound, so that an instance costs the same whatever it speaks. */

/** Bytes of a header section that an instance sends. */
export const MAX_HEAD = 64 * 1024

/** Fields of one. */
export const MAX_FIELDS = 256

/** Interim responses before the final one. */
export const MAX_INTERIM = 16

/** Calls that wait for a place on the way to one instance. */
export const MAX_WAITING = 1024

/** For an instance to say `100 Continue`: one that does not know expectations never does (RFC 9110 10.1.1). */
export const CONTINUE_WITHIN_MS = 1000
