import type { Command } from "commander";
import type { Context } from "#terminal/context.ts";

/** The commands for agents that start pods. Each loads only the modules it needs. */
export function addAgents(
  program: Command,
  context: Context,
  done: (exitCode: number) => void,
): void {
  program
    .command("agent-guide")
    .description("print what an AGENTS.md should say about GPU pods, for agents to read")
    .action(async (_options, command: Command) => {
      const { agentGuide } = await import("./agent-guide.ts");
      agentGuide(command.optsWithGlobals(), context);
    });

  program
    .command("mcp")
    .description("serve tools to an agent over standard input and output: see docs/agents.md")
    .action(async (_options, command: Command) => {
      const { mcp } = await import("./mcp.ts");
      done(await mcp(command.optsWithGlobals(), context));
    });

  program
    .command("hook")
    .description("answer a hook of Claude Code, Codex, Cursor or Gemini CLI, whose JSON comes in")
    .allowUnknownOption()
    .allowExcessArguments()
    .action(async (_options, command: Command) => {
      const { hook } = await import("./hook.ts");
      const isConfigNamed = program.getOptionValueSource("config") !== "default";
      const unknown = command.args;
      done(await hook({ ...command.optsWithGlobals(), isConfigNamed, unknown }, context));
    });
}
