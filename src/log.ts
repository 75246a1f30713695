import {
  multistream,
  pino,
  stdTimeFunctions,
  type DestinationStream,
  type LoggerOptions,
} from "pino";
import { wordsOf } from "./errors.ts";
import { createLogFile } from "./log-file.ts";
import { escapeHidden, withoutHidden } from "./control-characters.ts";

type LogLevel = "debug" | "info" | "warn" | "error";
type Write = (fields: Readonly<Record<string, unknown>>, message: string) => void;

/** The message is constant, the facts are fields. `name`, `time`, `level` and `msg` are taken. */
export type Log = Readonly<Record<LogLevel, Write>>;

export interface LogOptions {
  readonly level: LogLevel;
  readonly stderr: Pick<NodeJS.WritableStream, "write" | "on">;
  /** Made when it is missing; `undefined` keeps the log on stderr alone. */
  readonly logFile: string | undefined;
  /** Every line passes it, on its way to either place. */
  readonly redact: (text: string) => string;
  /** Whether stderr is a terminal: readable lines then, lines of JSON otherwise. */
  readonly isTerminal: boolean;
  readonly colors?: boolean;
  readonly nowMs: () => number;
  /** Told beside stderr when the file cannot be written: at once, then once an hour. */
  readonly onFileTrouble?: (because: string) => void;
  readonly onFileRecovered?: () => void;
}

/**
 * Logs to stderr and to the log file, line by line. Every line is in the file before the call
 * returns, so the last one outlives `process.exit`; a pipe that nobody empties holds up nothing.
 * Logging never throws: trouble with one place is told in the other.
 */
export async function createLogger(options: LogOptions): Promise<Log> {
  const { level, stderr, redact, logFile, nowMs } = options;
  const readable = options.isTerminal ? await readableLines(options.colors ?? true) : undefined;
  const clean = (line: string): string => escapeHidden(redact(line));
  let toFile: Log | undefined;
  let stderrFailed = false;

  const onStderrTrouble = (error: unknown): void => {
    if (stderrFailed) return;
    stderrFailed = true;
    toFile?.warn({ because: wordsOf(error) }, "stderr cannot be written");
  };
  // Without a listener a closed pipe would end the process. A full disk throws right from write().
  stderr.on("error", onStderrTrouble);
  const stderrLines: DestinationStream = {
    write(line) {
      const text = readable === undefined ? clean(line) : readable(clean(line));
      try {
        stderr.write(text);
      } catch (error) {
        onStderrTrouble(error);
      }
    },
  };
  const toStderr = pino(settings(level), stderrLines);
  if (logFile === undefined) return toStderr;

  const file = createLogFile(logFile, {
    nowMs,
    onTrouble: (error) => {
      toStderr.warn({ file: logFile, because: error.message }, "log file cannot be written");
      options.onFileTrouble?.(error.message);
    },
    onRecovered: () => {
      toStderr.warn({ file: logFile }, "log file can be written again");
      options.onFileRecovered?.();
    },
  });
  const fileLines: DestinationStream = { write: (line) => file.write(clean(line)) };
  toFile = pino(settings(level), fileLines);
  // Of streams with one level the last is written first: stderr, which must not wait for a disk.
  const streams = [fileLines, stderrLines].map((stream) => ({ level, stream }));
  return pino(settings(level), multistream(streams));
}

function settings(level: LogLevel): LoggerOptions {
  return {
    level,
    base: null,
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (word) => ({ level: word }) },
  };
}

/** Turns a cleaned line of JSON into a readable line; loaded only for a terminal. */
async function readableLines(colorize: boolean): Promise<(line: string) => string> {
  // By its default export: a bundle gives a CommonJS module no other.
  const { default: pinoPretty } = await import("pino-pretty");
  const pretty = pinoPretty.prettyFactory({
    colorize,
    hideObject: true,
    messageFormat: (fields, key) => factsLine(fields, String(fields[key])),
    translateTime: "SYS:yyyy-mm-dd HH:MM:ss",
  });
  return (line) => pretty(withoutHidden(line));
}

/** `looked  cycle=7 balanceUsd=4.2 fired=[]`: a stack trace keeps its lines. */
function factsLine(fields: Readonly<Record<string, unknown>>, message: string): string {
  const facts = Object.entries(fields)
    .filter(([name]) => !["level", "time", "msg"].includes(name))
    .map(([name, value]) =>
      name === "stack" && typeof value === "string"
        ? `\n${value}`
        : `${name}=${typeof value === "string" && /^\S+$/.test(value) ? value : JSON.stringify(value)}`,
    );
  return facts.length === 0 ? message : `${message}  ${facts.join(" ")}`;
}
