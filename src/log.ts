import {
  multistream,
  pino,
  stdTimeFunctions,
  type DestinationStream,
  type LoggerOptions,
} from "pino";
import { escapeHidden } from "./control-characters.ts";
import type { OpenPlace, PlaceHooks } from "./output/place.ts";
import { toldHourly } from "./output/told-hourly.ts";
import { redactedJson } from "./redact.ts";

type LogLevel = "debug" | "info" | "warn" | "error";
/** Readers of such lines take these for the logger's own. */
type Taken = "name" | "time" | "level" | "msg" | "pid" | "hostname";
type Fields = Readonly<Record<string, unknown>> & { readonly [name in Taken]?: never };
type Write = (fields: Fields, message: string) => void;

/** The message is constant, the facts are fields. */
export type Log = Readonly<Record<LogLevel, Write>>;

export interface Logger extends Log {
  /** Resolves when the last line has arrived, or at the limit without it. */
  finish(limitMs: number): Promise<void>;
}

export interface LogOptions {
  readonly level: LogLevel;
  readonly stderr: OpenPlace;
  readonly logFile: { readonly path: string; readonly open: OpenPlace } | undefined;
  /** Every line passes it, on its way to either place. */
  readonly redact: (text: string) => string;
  /** How stderr has a line of JSON, once that can do no harm; as it is unless given. */
  readonly onStderr?: LineForm;
  readonly nowMs: () => number;
  /** Told beside stderr when the file cannot be written: at once, then once an hour. */
  readonly onFileTrouble?: (because: string) => void;
  readonly onFileRecovered?: () => void;
}

export interface LineForm {
  /** Text with its line ends; empty for a line that need not be seen. */
  readonly of: (jsonLine: string) => string;
  /** What is to be written last. */
  readonly last: () => string;
}

const asItIs: LineForm = { of: (line) => line, last: () => "" };

/**
 * Logs to stderr and to the log file, line by line, and never waits for either. Logging never throws:
 * trouble with one place is told in the other.
 */
export function createLogger(options: LogOptions): Logger {
  const { level, redact, nowMs, logFile, onStderr = asItIs } = options;
  const clean = (line: string): string => escapeHidden(redactedJson(line, redact));
  let toFile: Log | undefined;

  const stderr = options.stderr({
    ...toldHourly({
      nowMs,
      onTrouble: (because) => toFile?.warn({ because }, "stderr cannot be written"),
      onRecovered: () => toFile?.warn({}, "stderr can be written again"),
    }),
    lostLine: (lost) => onStderr.of(lineAlone({ lost }, lostWords)),
  });
  const stderrLines: DestinationStream = {
    write(line) {
      const text = onStderr.of(clean(line));
      if (text !== "") stderr.write(text);
    },
  };
  const finishStderr = async (limitMs: number): Promise<void> => {
    const last = onStderr.last();
    if (last !== "") stderr.write(last);
    await stderr.finish(limitMs);
  };
  const toStderr = pino(settings(level), stderrLines);
  if (logFile === undefined) return logger(toStderr, finishStderr);

  const { path } = logFile;
  const hooks: PlaceHooks = {
    ...toldHourly({
      nowMs,
      onTrouble(because) {
        toStderr.warn({ file: path, because }, "log file cannot be written");
        options.onFileTrouble?.(because);
      },
      onRecovered() {
        toStderr.warn({ file: path }, "log file can be written again");
        options.onFileRecovered?.();
      },
    }),
    onSetAside: (movedTo) => both.warn({ file: path, movedTo }, "log of another program set aside"),
    lostLine: (lost) => lineAlone({ lost }, lostWords),
  };
  const file = logFile.open(hooks);
  const fileLines: DestinationStream = { write: (line) => file.write(clean(line)) };
  toFile = pino(settings(level), fileLines);
  // Of streams with one level the last is written first: stderr, where trouble with the file is told.
  const streams = [fileLines, stderrLines].map((stream) => ({ level, stream }));
  const both = pino(settings(level), multistream(streams));
  return logger(both, async (limitMs) => {
    await Promise.all([finishStderr(limitMs), file.finish(limitMs)]);
  });
}

const lostWords = "lines lost: too many were waiting to be written";

/** A line of its own, beside those that wait. */
function lineAlone(fields: Fields, message: string): string {
  let written = "";
  pino(settings("warn"), { write: (line: string) => (written = line) }).warn(fields, message);
  return written;
}

function logger(log: Log, finish: Logger["finish"]): Logger {
  return {
    debug: (fields, message) => log.debug(fields, message),
    info: (fields, message) => log.info(fields, message),
    warn: (fields, message) => log.warn(fields, message),
    error: (fields, message) => log.error(fields, message),
    finish,
  };
}

function settings(level: LogLevel): LoggerOptions {
  return {
    level,
    base: null,
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (word) => ({ level: word }) },
  };
}
