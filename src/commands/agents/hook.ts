import { createClock } from "#clock.ts";
import { expandHome } from "#config/paths.ts";
import { escapeHidden, oneLine } from "#control-characters.ts";
import { exitCodes, wordsOf } from "#errors.ts";
import { inCall } from "#hook/detect/in-call.ts";
import { answerFor, nothing, type Answer } from "#hook/formats/answer.ts";
import { isSurelyNoRefusal, readPayload, type Payload } from "#hook/formats/payload.ts";
import { readInput } from "#hook/formats/read-input.ts";
import type { HookDeps } from "#hook/events/see.ts";
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
  if (payload.event !== "before-tool") return nothing;
  try {
    const found = payload.call === undefined ? [] : inCall(payload.call);
    if (found.length === 0) return nothing;
    const { answerFound } = await import("#hook/events/before-tool.ts");
    return await withinLimit(answerFound(found, deps), deps.paces.hook.answerMs, createClock());
  } catch (error) {
    return {
      kind: "refuse",
      because: `Refused by runpodboss: whether this starts something could not be decided (${oneLine(wordsOf(error))}).`,
    };
  }
}
