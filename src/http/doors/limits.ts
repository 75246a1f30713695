/** What a stranger may take of us. */
export const limits = {
  headerBytes: 16 * 1_024,
  headers: 100,
  bodyBytes: 64 * 1_024,
  /** A token, or an answer to a link. */
  strangersBodyBytes: 8 * 1_024,
  /** From the first byte of a request to its last header, and to the end of its body. */
  headersMs: 10_000,
  requestMs: 15_000,
  keepAliveMs: 5_000,
  /** How often Node looks for requests that are late. */
  checkMs: 2_000,
  requestsPerConnection: 1_000,
  connections: 300,
  /** Requests, and those of them that may change something. */
  perSecond: {
    owner: { all: 500, posts: 20 },
    job: { all: 100, posts: 100 },
    monitor: { all: 50, posts: 10 },
    page: { all: 100, posts: 10 },
    /** From one address, and all together. */
    stranger: { all: 50, posts: 10 },
    strangers: { all: 200, posts: 40 },
    /** A link that is good: whoever has it may not keep us at work. */
    link: 50,
  },
  /** So many are answered at once; then each is held longer, but few at a time. */
  wrongTokens: 10,
  heldMostMs: 30_000,
  heldEach: 4,
  heldInAll: 20,
  /** How many addresses, and links, are remembered for it. */
  addresses: 1_000,
  links: 1_000,
  /** How long a connection may leave what it was sent unread, and how much of it. */
  unreadMs: 15_000,
  unreadBytes: 1_024 * 1_024,
} as const;

/** Those of a connection. */
export type ConnectionLimits = {
  readonly [
    Name in
      | "headersMs"
      | "requestMs"
      | "keepAliveMs"
      | "checkMs"
      | "connections"
      | "unreadMs"
      | "unreadBytes"
  ]: number;
};
