import { Command } from "commander";
import { version } from "#package.json";
import type { Context } from "#terminal/context.ts";
import { defaultPaths } from "#config/paths.ts";

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
Exit codes: 0 done; 1 a pod's end that could not be proven, or a bug of ours; 2 config, usage, key refused or API unreachable; 3 cancelled; 130 interrupted.
Start here: runpodboss demo (no account needed), then runpodboss init.`,
    );

  program
    .command("init")
    .description("write an example config to start from")
    .option("--output <file>", "write it there instead of where --config points")
    .option("--triage", "with a notify command for Triage", false)
    .option("--force", "overwrite what is there", false)
    .action(async (_options, command: Command) => {
      const { init } = await import("#commands/init.ts");
      await init(command.optsWithGlobals(), context);
    });

  program
    .command("check")
    .description("look at the account once, and for what would fail at 3 a.m.")
    .option("--json", "print it all as one JSON object", false)
    .option("--strict", "exit with 2 when there are warnings", false)
    .action(async (_options, command: Command) => {
      const { check } = await import("#commands/check/check.ts");
      await check(command.optsWithGlobals(), context);
    });

  program
    .command("watch")
    .description("watch the account until stopped")
    .option("--once", "one look, wait for what it started, exit", false)
    .option("--dry-run", "start nothing; say what would be started", false)
    .action(async (_options, command: Command) => {
      const { watch } = await import("#commands/watch.ts");
      done(await watch(command.optsWithGlobals(), context));
    });

  program
    .command("drill")
    .description("rehearse: run the notify commands and agents for real, on made-up pods")
    .argument("[threshold...]", "only these thresholds")
    .option("--no-agent", "only the notify commands")
    .action(async (names: string[], _options, command: Command) => {
      const { drill } = await import("#commands/drill.ts");
      done(await drill(names, command.optsWithGlobals(), context));
    });

  program
    .command("demo")
    .description("show the main job in half a minute, with no account and no key")
    .option("--night", "a pod left idling for two nights, without and with the guard", false)
    .action(async (options: { readonly night: boolean }) => {
      if (options.night) {
        const { night } = await import("#commands/demo/night.ts");
        done(await night(context));
      } else {
        const { demo } = await import("#commands/demo/demo.ts");
        done(await demo(context));
      }
    });

  program
    .command("status")
    .description(
      "show the pods, what they cost and when they end, and whether a daemon guards them",
    )
    .option("--json", "print it all as one JSON object", false)
    .option("--watch", "keep showing it, with a new look every 5 seconds", false)
    .option("--history", "show the history of the last 24 hours instead", false)
    .action(async (_options, command: Command) => {
      const { status } = await import("#commands/status/status.ts");
      done(await status(command.optsWithGlobals(), context));
    });

  program
    .command("history")
    .description("show what happened, and what it came to")
    .option("--hours <hours>", "so many hours back", "24")
    .option("--pod <pod>", "only this pod: an id, the beginning of one, or a name")
    .option("--reason <reason>", "only what has this reason, or one that begins so")
    .option("--json", "print it all as one JSON object", false)
    .action(async (_options, command: Command) => {
      const { history } = await import("#commands/history/history.ts");
      done(await history(command.optsWithGlobals(), context));
    });

  program
    .command("completion")
    .description("print what teaches a shell to complete commands and pods")
    .argument("[shell]", "bash, zsh or fish")
    .action(async (shell: string | undefined) => {
      const { completion } = await import("#commands/completion/scripts.ts");
      completion(shell, context);
    });

  program
    .command("complete", { hidden: true })
    .description("print what could stand in place of the last word; for the shells' scripts")
    .argument("[words...]")
    .action(async (words: string[], _options, command: Command) => {
      const { complete } = await import("#commands/completion/complete.ts");
      await complete(words, program, command.optsWithGlobals(), context);
    });

  const pod = "a pod's id, its name, or how only its id or name begins";
  const hours = "like 2 or 0.5";
  const leases = [
    ["lease", "give a pod a lease that ends so long from now"],
    ["extend", "give a pod's lease more time, up to max_hours from its start"],
  ] as const;
  for (const [wish, description] of leases) {
    program
      .command(wish)
      .description(description)
      .argument("<pod>", pod)
      .argument("<hours>", hours)
      // So that a slip such as -Infinity is told of as one.
      .allowUnknownOption()
      .action(async (name: string, forHours: string, _options, command: Command) => {
        const { lease } = await import("#commands/pods/lease.ts");
        await lease(wish, name, forHours, command.optsWithGlobals(), context);
      });
  }

  program
    .command("touch")
    .description("note that a pod is at work: its idle time begins anew")
    .argument("<pod>", pod)
    .action(async (name: string, _options, command: Command) => {
      const { touch } = await import("#commands/pods/touch.ts");
      await touch(name, command.optsWithGlobals(), context);
    });

  const ends = [
    ["stop", "stop pods, and prove it", "every pod that runs"],
    ["terminate", "delete pods, and prove it", "every pod, running or not"],
  ] as const;
  for (const [action, description, all] of ends) {
    program
      .command(action)
      .description(description)
      .argument("[pod...]", pod)
      .option("--all", `${all}, but for protected and locked ones`, false)
      .option("-y, --yes", "do not ask", false)
      .addHelpText(
        "after",
        `
Shows what it costs or loses, and asks. before_stop_command is not run: it belongs to the guard.
Exits with 1 when an end could not be proven, with 3 when cancelled.`,
      )
      .action(async (names: string[], _options, command: Command) => {
        const { stop } = await import("#commands/pods/stop.ts");
        done(await stop(action, names, command.optsWithGlobals(), context));
      });
  }

  return program;
}
