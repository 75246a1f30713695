import { lookup } from "node:dns";
import type { LookupFunction } from "node:net";

/** Looks a name up as `dns.lookup` does; one that was not begun when the signal aborts never is. */
export type LookUp = (
  signal: AbortSignal,
  ...asked: Parameters<LookupFunction>
) => ReturnType<LookupFunction>;

interface Job {
  readonly hostname: string;
  readonly begin: (done: () => void) => void;
}

/** At the same time. Each that gets no answer holds a thread until the system gives it up, which nobody can hasten. */
const most = 6;
/** Of them, for names that were not found the last time: the others must not wait for them. */
const mostDoubtful = 3;

/**
 * Name lookups that leave threads to other people's: a dozen of names in a zone that does not answer would
 * hold up RunPod's own. Each name is looked up once at a time.
 */
export function createNameLookups(look: LookupFunction = lookup): LookUp {
  let waiting: readonly Job[] = [];
  const running = new Map<string, Job>();
  const doubtful = new Set<string>();

  function mayBegin({ hostname }: Job): boolean {
    if (running.size >= most || running.has(hostname)) return false;
    const others = Array.from(running.keys()).filter((name) => doubtful.has(name));
    return !doubtful.has(hostname) || others.length < mostDoubtful;
  }

  function beginWhatMay(): void {
    const next = waiting.find(mayBegin);
    if (next === undefined) return;
    waiting = waiting.filter((each) => each !== next);
    running.set(next.hostname, next);
    next.begin(() => {
      running.delete(next.hostname);
      beginWhatMay();
    });
    beginWhatMay();
  }

  return (signal, hostname, options, callback) => {
    const onAbort = (): void => {
      if (running.get(hostname) === job) doubtful.add(hostname);
      waiting = waiting.filter((each) => each !== job);
      beginWhatMay();
    };
    const job: Job = {
      hostname,
      begin: (done) =>
        look(hostname, options, (error, ...found) => {
          signal.removeEventListener("abort", onAbort);
          if (error === null) doubtful.delete(hostname);
          else doubtful.add(hostname);
          done();
          callback(error, ...found);
        }),
    };
    if (signal.aborted) return;
    signal.addEventListener("abort", onAbort, { once: true });
    waiting = [...waiting, job];
    beginWhatMay();
  };
}
