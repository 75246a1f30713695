import type { Payload } from "./payload.ts";

/** What a hook answers, whoever asks. */
export type Answer =
  | { readonly kind: "nothing" }
  /** The call is not made. */
  | { readonly kind: "refuse"; readonly because: string }
  /** For the agent to read. */
  | { readonly kind: "tell"; readonly words: string }
  /** The agent goes on, with this to think about. */
  | { readonly kind: "hold"; readonly because: string }
  /** For the person to read. */
  | { readonly kind: "show"; readonly words: string };

export const nothing: Answer = { kind: "nothing" };

type Body = Readonly<Record<string, unknown>>;

function inClaudes(answer: Answer, { eventName }: Payload): Body | undefined {
  switch (answer.kind) {
    case "nothing":
      return undefined;
    case "refuse":
      return eventName === "PermissionRequest"
        ? {
            hookSpecificOutput: {
              hookEventName: eventName,
              decision: { behavior: "deny", message: answer.because },
            },
          }
        : {
            hookSpecificOutput: {
              hookEventName: eventName,
              permissionDecision: "deny",
              permissionDecisionReason: answer.because,
            },
          };
    case "tell":
      return { hookSpecificOutput: { hookEventName: eventName, additionalContext: answer.words } };
    case "hold":
      return { decision: "block", reason: answer.because };
    case "show":
      return { systemMessage: answer.words };
  }
}

function inCursors(answer: Answer): Body | undefined {
  switch (answer.kind) {
    case "nothing":
      return undefined;
    case "refuse":
      return {
        permission: "deny",
        user_message: answer.because,
        agent_message: answer.because,
      };
    case "tell":
      return { additional_context: answer.words };
    case "hold":
      return { followup_message: answer.because };
    case "show":
      return { user_message: answer.words };
  }
}

function inGeminis(answer: Answer, payload: Payload): Body | undefined {
  switch (answer.kind) {
    case "refuse":
    case "hold":
      return { decision: "deny", reason: answer.because };
    case "nothing":
    case "tell":
    case "show":
      return inClaudes(answer, payload);
  }
}

/** The answer as the agent that asks reads it: one object, or nothing at all. */
export function answerFor(payload: Payload, answer: Answer): Body | undefined {
  switch (payload.agent) {
    case "claude-code":
    case "codex":
      return inClaudes(answer, payload);
    case "cursor":
      return inCursors(answer);
    case "gemini-cli":
      return inGeminis(answer, payload);
  }
}
