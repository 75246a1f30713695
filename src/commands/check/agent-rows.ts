import { agentCommandWarnings } from "#agent/command-warnings.ts";
import { claudeIn } from "#agent/claude-in.ts";
import { generationOf } from "#agent/runpodctl.ts";
import { toolWarnings } from "#agent/tool-warnings.ts";
import { isBefore, versionIn } from "#agent/version.ts";
import type { AgentTools } from "#agent/ways.ts";
import type { Settings } from "#config/settings.ts";
import type { Ran, Runner } from "#ports.ts";
import { programAt } from "#process/on-path.ts";

export interface AgentCheck {
  readonly settings: Settings;
  /** Gives what it starts what an agent gets, and nothing secret back. */
  readonly runner: Runner;
  readonly env: NodeJS.ProcessEnv;
  readonly tools: AgentTools;
  readonly nowMs: number;
  readonly signal: AbortSignal;
}

/** Long enough for a cold start on a small machine, short enough for whoever waits. */
const timeLimitMs = 15_000;

/** From here on `claude auth status` says whether it is logged in; earlier ones may take it for a prompt. */
const knowsItsLogin = [2, 1, 100] as const;

/**
 * Whether Claude Code could do its job tonight: it is started so that it can, it is logged in, and its
 * runpodctl sees the account. Asks nothing that costs money. Empty for other agents, and when all is well.
 */
export async function agentWarnings(check: AgentCheck): Promise<readonly string[]> {
  const { claudeCommand, agentPermissions } = check.settings;
  if (claudeCommand.length === 0) return [];
  const { lostPrompt, unscoped } = agentCommandWarnings(claudeCommand, agentPermissions);
  const ofCommand = [lostPrompt, unscoped].flatMap((words) =>
    words === undefined ? [] : [`claude_command: ${words}`],
  );
  const found = claudeIn(claudeCommand);
  if (found === undefined) return ofCommand;
  const [login, control] = await Promise.all([
    loginWarning([...found.wrapper, found.claude[0] ?? "claude"], check),
    runpodctlWarnings(check),
  ]);
  return [...ofCommand, ...login, ...control];
}

async function loginWarning(
  claude: readonly string[],
  check: AgentCheck,
): Promise<readonly string[]> {
  if ((await programAt(claude[0] ?? "", check.env["PATH"])) === undefined) return [];
  const version = await ask([...claude, "--version"], check);
  const found = versionIn(version.words);
  if (version.kind !== "answered" || found === undefined) {
    return [`claude_command: ${claude.join(" ")} --version did not answer: ${version.words}`];
  }
  if (isBefore(found, knowsItsLogin)) {
    return [
      `claude_command: claude ${found.join(".")} cannot say whether it is logged in; update it, or try claude -p "say hi" as this user`,
    ];
  }
  const { kind, words } = await ask([...claude, "auth", "status"], check);
  // It says so in JSON, and exits with 1 when it is not.
  if (kind === "answered" && /"loggedIn":\s*true/.test(words)) return [];
  return /"loggedIn":\s*false/.test(words)
    ? ["claude_command: claude is not logged in; run claude once as the user that runs the daemon"]
    : [`claude_command: claude auth status did not answer: ${words}`];
}

async function runpodctlWarnings(check: AgentCheck): Promise<readonly string[]> {
  const { tools, nowMs, settings } = check;
  const warnings = toolWarnings(tools, settings.agentPermissions, nowMs);
  if (tools.runpodctl.kind !== "found") return warnings;
  const isFirst = generationOf(tools.runpodctl.version) === 1;
  const list = ["runpodctl", ...(isFirst ? ["get", "pod"] : ["pod", "list"])];
  const { kind, words } = await ask(list, check);
  if (kind === "answered") return warnings;
  return [...warnings, `the agent's runpodctl: ${list.join(" ")} failed: ${words}`];
}

interface Asked {
  readonly kind: "answered" | "failed";
  /** What it said, or why it did not. */
  readonly words: string;
}

async function ask(argv: readonly string[], { runner, signal }: AgentCheck): Promise<Asked> {
  const ran = await runner.run({ argv, trust: "agent", timeLimitMs }, signal);
  return {
    kind: ran.kind === "exited" && ran.code === 0 ? "answered" : "failed",
    words: said(ran),
  };
}

const mostWords = 120;

function said(ran: Ran): string {
  switch (ran.kind) {
    case "exited":
      return short(ran.tail) || `it said nothing (exit ${ran.code})`;
    case "signalled":
      return `it was ended by ${ran.by}`;
    case "timed-out":
      return `it took longer than ${timeLimitMs / 1_000} s`;
    case "interrupted":
      return "it was interrupted";
    case "not-started":
      return ran.because;
  }
}

function short(words: string): string {
  const line = words.trim().replaceAll(/\s+/g, " ");
  return line.length > mostWords ? `${line.slice(0, mostWords)}…` : line;
}
