import { Command } from "commander";
import { version } from "../package.json";
import type { Context } from "./commands/context.ts";
import { defaultPaths } from "./config/paths.ts";

/** The commands. Each loads its own parts, so that none pays for another's; `done` gets the exit code. */
export function createProgram(context: Context, done: (exitCode: number) => void): Command {
  const program = new Command("runpodboss")
    .description(
      "Watches the balance and pods of a prepaid RunPod account. When the money runs low it tells people, calls an agent, and where asked to stops pods itself.",
    )
    .configureHelp({ showGlobalOptions: true })
    .version(version, "--version", "print the version")
    .option("-c, --config <file>", "the config file", defaultPaths.config)
    .option("-v, --verbose", "log more", false)
    .helpOption("-h, --help", "print help")
    .addHelpText(
      "after",
      `
Exit codes: 0 done; 1 a bug of ours; 2 config, usage, key refused or API unreachable; 130 interrupted.
Start here: runpodboss demo (no account needed), then runpodboss init.`,
    );

  program
    .command("init")
    .description("write an example config to start from")
    .option("--output <file>", "write it there instead of where --config points")
    .option("--triage", "with a notify command for Triage", false)
    .option("--force", "overwrite what is there", false)
    .action(async (_options, command: Command) => {
      const { init } = await import("./commands/init.ts");
      await init(command.optsWithGlobals(), context);
    });

  program
    .command("check")
    .description("look at the account once, and for what would fail at 3 a.m.")
    .option("--json", "print it all as one JSON object", false)
    .option("--strict", "exit with 2 when there are warnings", false)
    .action(async (_options, command: Command) => {
      const { check } = await import("./commands/check.ts");
      await check(command.optsWithGlobals(), context);
    });

  program
    .command("watch")
    .description("watch the account until stopped")
    .option("--once", "one look, wait for what it started, exit", false)
    .option("--dry-run", "start nothing; say what would be started", false)
    .action(async (_options, command: Command) => {
      const { watch } = await import("./commands/watch.ts");
      done(await watch(command.optsWithGlobals(), context));
    });

  program
    .command("drill")
    .description("rehearse: run the notify commands and agents for real, on made-up pods")
    .argument("[threshold...]", "only these thresholds")
    .option("--no-agent", "only the notify commands")
    .action(async (names: string[], _options, command: Command) => {
      const { drill } = await import("./commands/drill.ts");
      done(await drill(names, command.optsWithGlobals(), context));
    });

  program
    .command("demo")
    .description("show the main job in half a minute, with no account and no key")
    .action(async () => {
      const { demo } = await import("./commands/demo.ts");
      done(await demo(context));
    });

  return program;
}
