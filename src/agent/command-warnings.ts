import { claudeIn } from "./claude-in.ts";
import { losesPrompt, mentionsClaude } from "./lost-prompt.ts";

/** What is wrong with how the config starts the agent, in words that say what to write. */
export interface AgentCommandWarnings {
  /** The agent would be started without its task. */
  readonly lostPrompt?: string;
  /** What it may do is not up to us. */
  readonly unscoped?: string;
}

export function agentCommandWarnings(
  command: readonly string[],
  permissions: "scoped" | "inherit",
): AgentCommandWarnings {
  const isHidden = mentionsClaude(command) && claudeIn(command) === undefined;
  return {
    ...(losesPrompt(command) && {
      lostPrompt: `the prompt never reaches the agent, as the shell's script does not name it; write the program and its arguments as a list, without a shell, or name it, as in ${example}`,
    }),
    ...(isHidden &&
      permissions === "scoped" && {
        unscoped: `claude is behind ${JSON.stringify(command[0])}, so it cannot be told what it may do: with your own settings its runpodctl is most likely refused. Start it directly, such as ["claude", "-p"], or set agent_permissions to "inherit"`,
      }),
  };
}

const example = String.raw`["bash", "-c", "claude -p \"$@\"", "bash"]`;
