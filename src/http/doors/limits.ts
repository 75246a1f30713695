/** What a stranger may take of us. */
export const limits = {
  headerBytes: 16 * 1_024,
  headers: 100,
  bodyBytes: 64 * 1_024,
  /** From the first byte of a request to its last header, and to the end of its body. */
  headersMs: 10_000,
  requestMs: 15_000,
  keepAliveMs: 5_000,
  /** How often Node looks for requests that are late. */
  checkMs: 2_000,
  requestsPerConnection: 1_000,
  connections: 300,
  /** How long a connection may leave what it was sent unread, and how much of it. */
  unreadMs: 15_000,
  unreadBytes: 1_024 * 1_024,
} as const;
