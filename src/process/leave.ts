import { setTimeout as pause } from "node:timers/promises";

export interface Leaving {
  /** Ends the process where `exit` would wait for ever. */
  readonly signal: NodeJS.Signals;
  /** How long work that is on its way may take. */
  readonly patienceMs: number;
}

/** Work of Node's own threads. */
const threadWork = /^(?:FS|FileHandle|GetAddrInfo|GetNameInfo)/;
const pauseMs = 20;

/**
 * Ends this process, whatever a disk or a name server does. `process.exit` waits for work of Node's
 * threads, and for one that hangs it would wait for ever: then the process is ended by the signal.
 */
export async function leave(
  exitCode: number,
  exit: (exitCode: number) => never,
  { signal, patienceMs }: Leaving,
): Promise<void> {
  const giveUpAtMs = performance.now() + patienceMs;
  while (isAtWork() && performance.now() < giveUpAtMs) await pause(pauseMs);
  if (!isAtWork()) exit(exitCode);
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
}

function isAtWork(): boolean {
  return process.getActiveResourcesInfo().some((resource) => threadWork.test(resource));
}
