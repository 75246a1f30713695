/** What is counted of the requests; it never throws, and holds no more for more of them. */
export interface HttpCounts {
  answered(path: string, code: number): void;
  /** One that was shown, and is not ours. */
  wrongToken(): void;
  /** A stream has begun; what it gives is called once, when that has ended. */
  streamBegan(): () => void;
}
