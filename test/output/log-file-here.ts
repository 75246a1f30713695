import { createLogFile } from "#log-file.ts";
import type { LogOptions } from "#log.ts";

/** The log file written by this very thread: a process apart for each test would be slow. */
export function logFileHere(path: string): NonNullable<LogOptions["logFile"]> {
  return {
    path,
    open({ onFault, onSound, onSetAside }) {
      const file = createLogFile(path, onSetAside === undefined ? {} : { onSetAside });
      return {
        write(line) {
          const fault = file.write(line);
          if (fault === undefined) onSound();
          else onFault(fault.message);
        },
        finish: () => Promise.resolve(),
      };
    },
  };
}
