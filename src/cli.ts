#!/usr/bin/env node
import { exitCodes } from "./errors.ts";
import { realPaces } from "./paces.ts";
import { asksForJson, errorLine } from "./terminal/json.ts";

/**
 * What must stand before all else. It is built as CommonJS: to read an ES module Node starts its
 * threads, and their number could no longer be chosen.
 */

// Until there is something to reload. A daemon that starts must not end by it.
process.on("SIGHUP", () => {});

// Nothing is left to wait for, and the end was not reached: Node would exit without a word.
process.on("beforeExit", () => {
  const message = "This is a bug in runpodboss: it waited for what can no longer come.";
  const exitCode = exitCodes.bug;
  const isJson = asksForJson(process.argv.slice(2));
  process.stderr.write(isJson ? errorLine({ message, exitCode }) : `${message}\n`);
  process.exit(exitCode);
});

/** Every file may hang on its own disk and take a thread; name lookups need some all the same. */
const threads = 24;
const variable = "UV_THREADPOOL_SIZE";
const before = process.env[variable];
if (!(Number(before) >= threads)) process.env[variable] = String(threads);

void import("./main.ts").then(({ main }) => {
  // The threads run by now; what is called keeps its own number.
  if (before === undefined) delete process.env[variable];
  else process.env[variable] = before;
  return main(realPaces, (exitCode) => process.exit(exitCode));
});
