/** Where one account's guard keeps what must outlive it: on a Durable Object, or in a folder. */
export interface Kept {
  /** All that is kept, by key. */
  read(): Promise<Readonly<Record<string, string>>>;
  /** All of it or nothing, and on the disk when this resolves. `undefined` removes. */
  write(changes: Readonly<Record<string, string | undefined>>): Promise<void>;
  /** Wakes the guard then, whatever has become of this process; one moment at a time. */
  wakeAt(atMs: number): Promise<void>;
  /** Then or sooner, where it is cheaper to leave a moment that comes before it as it is set. */
  wakeBy?(atMs: number): Promise<void>;
  /** Nothing is kept any more, and nothing wakes the guard. */
  forget(): Promise<void>;
}
