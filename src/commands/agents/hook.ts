import { createClock } from "#clock.ts";
import { expandHome } from "#config/paths.ts";
import { escapeHidden, oneLine } from "#control-characters.ts";
import { exitCodes, wordsOf } from "#errors.ts";
import { concernsRunPod, inCall } from "#hook/detect/in-call.ts";
import { answerFor, nothing, type Answer } from "#hook/formats/answer.ts";
import { isSurelyNoRefusal, readPayload, type Payload } from "#hook/formats/payload.ts";
import { readInput } from "#hook/formats/read-input.ts";
import type { HookDeps } from "#hook/events/see.ts";
import { isCalledByAgent } from "#process/own-program.ts";
import type { Context, GlobalOptions } from "#terminal/context.ts";
import { withinLimit } from "#within-limit.ts";

/** Agents take this code before a call for a refusal, whatever was answered. */
const refusedCode = exitCodes.refused;

/**
 * Answers an agent's hook: reads what it hands over, and says in the agent's own form what is to become of it.
 * Never throws and never hangs; what asks before a call and cannot be read is refused.
 */
export async function hook({ config }: GlobalOptions, context: Context): Promise<number> {
  const input = await readInput(context.stdin, context.paces.hook.inputMs);
  const payload = input.kind === "read" ? payloadIn(input.text) : undefined;
  if (payload === undefined) {
    const because = input.kind === "unread" ? input.because : "it is no hook's JSON";
    const isLetGo = isSurelyNoRefusal(input.text);
    context.stderr.write(
      `runpodboss hook: what came in cannot be read: ${because}.${isLetGo ? "" : " Refused, as nobody knows what it would start."}\n`,
    );
    return isLetGo ? exitCodes.done : refusedCode;
  }
  const answer = await answerTo(payload, {
    config: expandHome(config),
    env: context.env,
    paces: context.paces,
    signal: context.interrupted,
    hide: context.hide,
  });
  const body = answerFor(payload, answer);
  if (body !== undefined) context.printData(escapeHidden(context.redact(JSON.stringify(body))));
  return exitCodes.done;
}

function payloadIn(text: string): Payload | undefined {
  try {
    return readPayload(JSON.parse(text));
  } catch {
    return undefined;
  }
}

async function answerTo(payload: Payload, deps: HookDeps): Promise<Answer> {
  const within = (work: Promise<Answer>): Promise<Answer> =>
    withinLimit(work, deps.paces.hook.answerMs, createClock());
  try {
    switch (payload.event) {
      case "before-tool": {
        const found = payload.call === undefined ? [] : inCall(payload.call);
        if (found.length === 0) return nothing;
        const { answerFound } = await import("#hook/events/before-tool.ts");
        return await within(answerFound(found, deps));
      }
      case "after-tool": {
        // The agent that the daemon has called starts nothing, and what it ends is told elsewhere.
        if (
          isCalledByAgent(deps.env) ||
          payload.call === undefined ||
          !concernsRunPod(payload.call)
        )
          return nothing;
        const { afterTool } = await import("#hook/events/after-tool.ts");
        return await within(afterTool(payload, deps));
      }
      case "stop": {
        if (isCalledByAgent(deps.env)) return nothing;
        const { beforeStop } = await import("#hook/events/stop.ts");
        return await within(beforeStop(payload, deps));
      }
      case "session-start": {
        const { atSessionStart } = await import("#hook/events/session-start.ts");
        return await within(atSessionStart(payload, deps));
      }
      case "other":
        return nothing;
    }
  } catch (error) {
    return withoutAnswer(payload, oneLine(wordsOf(error)));
  }
}

/** What is said where the answer could not be found: only a call that may start something is held for it. */
function withoutAnswer({ event, call }: Payload, because: string): Answer {
  switch (event) {
    case "before-tool":
      return {
        kind: "refuse",
        because: `Refused by runpodboss: whether this may be started could not be seen (${because}).`,
      };
    case "stop":
      return { kind: "show", words: `runpodboss: what runs could not be seen (${because}).` };
    case "after-tool":
      // Nothing was seen to begin: where nothing was asked for, that is no news.
      if (call === undefined || inCall(call).length === 0) return nothing;
      return { kind: "tell", words: `runpodboss: the pods could not be seen (${because}).` };
    case "session-start":
      return { kind: "tell", words: `runpodboss: the pods could not be seen (${because}).` };
    case "other":
      return nothing;
  }
}
