import { createClock } from "#clock.ts";
import { exitCodes, stackOf } from "#errors.ts";
import { serve } from "#mcp/serve.ts";
import type { Context, GlobalOptions } from "#terminal/context.ts";
import { tell } from "#terminal/warn.ts";

/** Serves the tools to one client over standard input and output. Gives the exit code. */
export async function mcp({ config }: GlobalOptions, context: Context): Promise<number> {
  const { env, paces, hide, redact, stdin, stdout, interrupted } = context;
  const say = (line: string): void => tell(line, context);
  if (stdin.isTTY) say("An agent starts this and speaks MCP with it. To end it, press Ctrl-D.");
  // One call's bug must not end the others.
  context.onStray((error) => say(`This is a bug in runpodboss: ${stackOf(error)}`));
  const deps = { configPath: config, env, paces, clock: createClock(), hide, redact, say };
  await serve({ stdin, stdout }, deps, interrupted);
  return interrupted.aborted ? exitCodes.interrupted : exitCodes.done;
}
