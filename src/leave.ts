/** How a process ends. */
export interface Exits {
  readonly exit: (exitCode: number) => never;
  /** What it still waits for, as Node names it. */
  readonly pending: () => readonly string[];
  /** Dies of a signal, at once: whoever started it sees 130. */
  readonly die: () => void;
  readonly pause: (ms: number) => Promise<void>;
}

/** A thread works on each of these; a disk or a name server may hold it for ever. */
const onThreads = /^(?:FSReq|FileHandleCloseReq|GetAddrInfoReq|GetNameInfoReq)/;
/** As long as a slow disk may take on a busy machine: one that died of it would hide its exit code. */
const graceMs = 2_000;
const stepMs = 20;

/**
 * Ends the process with this exit code, whatever hangs. Node's own exit waits for every thread, also
 * for one that a hung disk holds for ever: then the process dies of SIGINT, which counts as 130.
 */
export async function leave(
  exitCode: number,
  { exit, pending, die, pause }: Exits,
): Promise<never> {
  for (let waitedMs = 0; waitedMs < graceMs; waitedMs += stepMs) {
    if (!pending().some((each) => onThreads.test(each))) return exit(exitCode);
    await pause(stepMs);
  }
  die();
  // The first process of a container cannot die of its own signal.
  return exit(exitCode);
}
