/**
 * How what is kept on a disk is read and written: a command waits for it, as whoever sits there can end
 * it; the daemon does so within a limit, and throws when that has passed.
 */
export type Files = <Result>(work: () => Promise<Result>) => Promise<Result>;

export const atOnce: Files = (work) => work();
