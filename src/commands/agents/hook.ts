import { createClock } from "#clock.ts";
import { expandHome } from "#config/paths.ts";
import { escapeHidden, oneLine } from "#control-characters.ts";
import { exitCodes, UserError, wordsOf } from "#errors.ts";
import { inCall, mayHaveStarted } from "#hook/detect/in-call.ts";
import { answerFor, nothing, type Answer } from "#hook/formats/answer.ts";
import { isSurelyNoRefusal, readPayload, type Payload } from "#hook/formats/payload.ts";
import { readInput } from "#hook/formats/read-input.ts";
import { NoUsableConfig } from "#hook/events/no-usable-config.ts";
import type { HookDeps } from "#hook/events/see.ts";
import { isCalledByAgent } from "#process/own-program.ts";
import type { Context, GlobalOptions } from "#terminal/context.ts";
import { withinLimit } from "#within-limit.ts";

/** Agents take this code before a call for a refusal, whatever was answered. */
const refusedCode = exitCodes.refused;
const longestBecause = 500;

interface HookOptions extends GlobalOptions {
  readonly account?: string;
  readonly isConfigNamed: boolean;
  /** What was typed, and means nothing. */
  readonly unknown: readonly string[];
}

/**
 * Answers an agent's hook: reads what it hands over, and says in the agent's own form what is to become of it.
 * Never throws and never hangs; what asks before a call and cannot be read is refused.
 */
export async function hook(options: HookOptions, context: Context): Promise<number> {
  const input = await readInput(context.stdin, context.paces.hook.inputMs);
  // What is whole is whole, though its end was not seen.
  const payload = payloadIn(input.text);
  if (payload === undefined) {
    const because = input.kind === "unread" ? input.because : "it is no hook's JSON";
    const isLetGo = isSurelyNoRefusal(input.text);
    context.stderr.write(
      `runpodboss hook: what came in cannot be read: ${because}.${isLetGo ? "" : " Refused, as nobody knows what it would start."}\n`,
    );
    return isLetGo ? exitCodes.done : refusedCode;
  }
  const answer = await answerTo(payload, options, context);
  const body = answerFor(payload, answer);
  if (body !== undefined) context.printData(escapeHidden(context.redact(JSON.stringify(body))));
  return exitCodes.done;
}

/** Throws a NoUsableConfig where the options name none. */
async function depsOf(options: HookOptions, context: Context): Promise<HookDeps> {
  const { account, config, isConfigNamed, unknown } = options;
  const { env, paces, interrupted: signal, hide } = context;
  const isNamed = account !== undefined || isConfigNamed;
  try {
    const [first] = unknown;
    if (first !== undefined) throw new UserError(`${first} is no argument that it knows`);
    const { namedConfig } = await import("#commands/named-config.ts");
    const path = isNamed
      ? await namedConfig({ account, config: isConfigNamed ? config : undefined })
      : expandHome(config);
    return { config: path, isConfigNamed: isNamed, env, paces, signal, hide };
  } catch (error) {
    throw new NoUsableConfig(wordsOf(error), true);
  }
}

function payloadIn(text: string): Payload | undefined {
  try {
    return readPayload(JSON.parse(text));
  } catch {
    return undefined;
  }
}

async function answerTo(payload: Payload, options: HookOptions, context: Context): Promise<Answer> {
  const { env, paces } = context;
  const within = (answer: (deps: HookDeps) => Promise<Answer>): Promise<Answer> =>
    withinLimit(depsOf(options, context).then(answer), paces.hook.answerMs, createClock());
  try {
    switch (payload.event) {
      case "before-tool": {
        const found = payload.call === undefined ? [] : inCall(payload.call);
        if (found.length === 0) return nothing;
        const { answerFound } = await import("#hook/events/before-tool.ts");
        return await within((deps) => answerFound(found, deps));
      }
      case "after-tool": {
        // The agent that the daemon has called starts nothing, and what it ends is told elsewhere.
        if (isCalledByAgent(env) || payload.call === undefined) return nothing;
        const pods = mayHaveStarted(payload.call, payload.cameTo);
        if (pods !== "any" && pods.size === 0) return nothing;
        const { afterTool } = await import("#hook/events/after-tool.ts");
        return await within((deps) => afterTool(payload, pods, deps));
      }
      case "stop": {
        if (isCalledByAgent(env)) return nothing;
        const { beforeStop } = await import("#hook/events/stop.ts");
        return await within((deps) => beforeStop(payload, deps));
      }
      case "session-start": {
        const { atSessionStart } = await import("#hook/events/session-start.ts");
        // It has a limit of its own, so that the rules are told in any case.
        return await atSessionStart(payload, await depsOf(options, context));
      }
      case "other":
        return nothing;
    }
  } catch (error) {
    return withoutAnswer(payload, error);
  }
}

/** What is said where the answer could not be found: only a call that may start something is held for it. */
function withoutAnswer({ event, call, cameTo }: Payload, error: unknown): Answer {
  const because = oneLine(wordsOf(error)).slice(0, longestBecause);
  // A person has set it up in vain; where nobody has, that is no news.
  const isNews = !(error instanceof NoUsableConfig) || error.isSetUp;
  switch (event) {
    case "before-tool":
      return {
        kind: "refuse",
        because: `Refused by runpodboss: whether this may be started could not be seen (${because}).`,
      };
    case "stop":
      if (!isNews) return nothing;
      return { kind: "show", words: `runpodboss: what runs could not be seen (${because}).` };
    case "after-tool": {
      const isAskedFor = call !== undefined && inCall(call).length > 0;
      const isAboutRunPod = call !== undefined && mayHaveStarted(call, cameTo) === "any";
      // Nothing was seen to begin: where nothing was asked for either, only a faulty config is news.
      if (!isAskedFor && !(error instanceof NoUsableConfig && isNews && isAboutRunPod))
        return nothing;
      return { kind: "tell", words: `runpodboss: the pods could not be seen (${because}).` };
    }
    case "session-start":
      return { kind: "tell", words: `runpodboss: the pods could not be seen (${because}).` };
    case "other":
      return nothing;
  }
}
