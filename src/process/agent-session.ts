/** A coding agent that has started this process. */
export interface AgentSession {
  readonly agent: string;
  /** Undefined: it does not say. */
  readonly session: string | undefined;
}

/** What each agent sets in the environment of the commands that it runs, and where its session stands. */
const agents = [
  ["claude-code", ["CLAUDECODE", "CLAUDE_CODE_ENTRYPOINT"], "CLAUDE_CODE_SESSION_ID"],
  ["codex", ["CODEX_SANDBOX", "CODEX_THREAD_ID", "CODEX_CI"], "CODEX_THREAD_ID"],
  ["cursor", ["CURSOR_AGENT", "CURSOR_TRACE_ID"], "CURSOR_TRACE_ID"],
  ["gemini-cli", ["GEMINI_CLI"], "GEMINI_SESSION_ID"],
] as const;

/** Set by our own hook at the start of a session. */
export const sessionVariable = "RUNPODBOSS_SESSION";

const plainSession = /^[A-Za-z0-9._-]{1,64}$/;

/** Whether an agent runs this process, as far as its environment says. */
export function agentSessionOf(env: NodeJS.ProcessEnv): AgentSession | undefined {
  const isSet = (name: string): boolean => (env[name] ?? "") !== "";
  const found = agents.find(([, names]) => names.some(isSet));
  if (found === undefined && !isSet(sessionVariable)) return undefined;
  const sessions = [env[sessionVariable], found && env[found[2]]];
  return {
    agent: found?.[0] ?? "agent",
    session: sessions.find((each) => each !== undefined && plainSession.test(each)),
  };
}
