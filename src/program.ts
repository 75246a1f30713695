import { Command, Help, Option } from "commander";
import { version } from "#package.json";
import type { DemoApi } from "#commands/demo/scene.ts";
import { addAgents } from "#commands/agents/commands.ts";
import { addLaunch } from "#commands/launch/commands.ts";
import { addOutside } from "#commands/outside/commands.ts";
import { typedOptionsOf } from "#commands/setup/typed-options.ts";
import type { Context } from "#terminal/context.ts";
import { namingConfig } from "#config/command-for.ts";
import { defaultPaths, expandHome } from "#config/paths.ts";

interface DemoOptions {
  readonly night: boolean;
  readonly api: DemoApi;
}

const plainHelp = new Help();

/** What is to be typed next is meant for the config that the command was called with. */
export function hintFor(program: Command, hint: string): string {
  const { config } = program.opts<{ config: string }>();
  const commands = program.commands.map((each) => each.name());
  try {
    return namingConfig(hint, commands, expandHome(config));
  } catch {
    // It stands among the accounts, and is named like none.
    return hint;
  }
}

/** The commands. Each loads only the modules it needs; `done` gets the exit code. */
export function createProgram(context: Context, done: (exitCode: number) => void): Command {
  const program = new Command("runpodboss")
    .description(
      "Watches the balance and pods of a prepaid RunPod account. When the balance falls below a threshold it runs your notify command, calls an agent and, if you want, stops pods itself.",
    )
    .configureHelp({
      showGlobalOptions: true,
      minWidthToWrap: 20,
      // That a switch is off unless it is given goes without saying.
      optionDescription: (option) =>
        option.defaultValue === false ? option.description : plainHelp.optionDescription(option),
    })
    .version(version, "--version", "print the version")
    .option("-c, --config <file>", "config file to use", defaultPaths.config)
    .option("--account <name>", "the account whose config is ~/.runpodboss/accounts/NAME.json")
    .option("-v, --verbose", "log more details", false)
    .helpOption("-h, --help", "print help")
    .addHelpText(
      "after",
      `
Exit codes: 0 success; 1 a stop or a start could not be proven, the balance would not last (estimate), or a bug in runpodboss; 2 wrong config or usage, API key refused, or RunPod unreachable; 3 cancelled; 130 interrupted.
Start here: runpodboss demo (no account needed), then runpodboss setup.`,
    );

  program.hook("preAction", async (_program, command) => {
    // It finds its config itself: an agent would take an error here for a refusal, whatever it asks.
    if (command.name() === "hook") return;
    const { account, config } = program.opts<{ account?: string; config: string }>();
    const isNamed = program.getOptionValueSource("config") !== "default";
    if (account === undefined && !isNamed) return;
    const { namedConfig } = await import("#commands/named-config.ts");
    const path = await namedConfig({ account, config: isNamed ? config : undefined });
    program.setOptionValueWithSource("config", path, "cli");
  });

  const setupCommand = program
    .command("setup")
    .description("set it up step by step: key, thresholds, who is told, a service that runs it")
    .option("-y, --yes", "ask nothing: take what is proposed for all that is not given", false)
    .option("--api-key-file <file>", "the file that holds the API key")
    .option("--api-key-stdin", "read the API key from standard input", false)
    .option("--thresholds <dollars>", "an amount for each threshold, highest first: 10,2,0.5")
    .option(
      "--protect <pods>",
      "ids or names of pods to protect, a comma between, beside those that are",
    )
    .option("--no-protect", "protect no more pods")
    .option("--channel <type>", "how you are told: ntfy, slack, ..., command or none")
    .option(
      "--channel-set <key=value>",
      "a key of the channel; of a secret KEY_file or KEY_env; again for more",
      (setting: string, before: readonly string[] | undefined) => [...(before ?? []), setting],
    )
    .option("--notify-command <words>", "the command of --channel command")
    .option("--no-test", "send no test")
    .option("--idle <action>", "what happens to idle pods: stop or notify")
    .option(
      "--launch <caps>",
      "limits of starts: dollars an hour, hours, pods, starts an hour: 5,8,4,6",
    )
    .option("--no-launch", "let nothing be started")
    .option("--heartbeat-file <file>", "the file that holds the address of the heartbeat")
    .option("--heartbeat-env <name>", "the variable that holds it")
    .option("--no-heartbeat", "no heartbeat")
    .option("--page [address]", "serve a page to look at, at 127.0.0.1:8092 or the next free port")
    .option("--no-page", "no page")
    .option("--service", "install the service and start it")
    .option("--no-service", "install no service")
    .option("--runpod-url <url>", "RunPod's GraphQL address, for tests and proxies")
    .option("--rest-url <url>", "RunPod's REST address, for tests and proxies");
  const typed = typedOptionsOf(setupCommand);
  setupCommand.action(async (_options, command: Command) => {
    const { setup } = await import("#commands/setup/setup.ts");
    done(await setup({ ...command.optsWithGlobals(), typed }, context));
  });

  program
    .command("init")
    .description("write an example config to start from")
    .option("--output <file>", "write to this file instead of the one --config names")
    .option("--triage", "use Triage as the notify command", false)
    .option("--force", "overwrite an existing file", false)
    .action(async (_options, command: Command) => {
      const { init } = await import("#commands/init.ts");
      await init(command.optsWithGlobals(), context);
    });

  program
    .command("check")
    .description("poll the account once, and warn of what would fail at 3 a.m.")
    .option("--json", "print everything as one JSON object", false)
    .option("--strict", "exit with 2 if there are warnings", false)
    .option("--api <api>", "ask only graphql or rest; graphql, if it answers, decides again")
    .action(async (_options, command: Command) => {
      const { check } = await import("#commands/check/check.ts");
      await check(command.optsWithGlobals(), context);
    });

  program
    .command("watch")
    .description("run the daemon: poll the account until stopped")
    .option("--once", "poll once, wait for what that started, then exit", false)
    .option("--dry-run", "run and stop nothing; only log what would be done", false)
    .action(async (_options, command: Command) => {
      const { watch } = await import("#commands/watch/watch.ts");
      done(await watch(command.optsWithGlobals(), context));
    });

  program
    .command("drill")
    .description("test channels, notify commands and agents: use them for real, on made-up pods")
    .argument("[threshold...]", "test only these thresholds")
    .option("--no-agent", "test only channels and notify commands")
    .option(
      "--as-service",
      "test in a transient systemd unit with the settings of the service",
      false,
    )
    .action(async (names: string[], { asService }: { asService: boolean }, command: Command) => {
      if (asService) {
        const { drillAsService } = await import("#commands/drill-as-service.ts");
        done(await drillAsService(names, command.optsWithGlobals(), context));
        return;
      }
      const { drill } = await import("#commands/drill.ts");
      done(await drill(names, command.optsWithGlobals(), context));
    });

  program
    .command("notify")
    .description("reach people: test the channels")
    .command("test")
    .description("send one message of each severity through each channel, and show the answers")
    .argument("[channel...]", "only these channels; the notify command is called command")
    .option("--json", "print everything as one JSON object", false)
    .action(async (names: string[], _options, command: Command) => {
      const { notifyTest } = await import("#commands/notify/test.ts");
      done(await notifyTest(names, command.optsWithGlobals(), context));
    });

  program
    .command("demo")
    .description("show the daemon at work in half a minute; needs no account and no key")
    .option("--night", "show a pod left idle for two nights, without and with the daemon", false)
    .addOption(
      new Option("--api <api>", "which of RunPod's interfaces to show it over")
        .choices(["graphql", "rest"])
        .default("graphql"),
    )
    .action(async ({ night: isNight, api }: DemoOptions) => {
      if (isNight) {
        const { night } = await import("#commands/demo/night.ts");
        done(await night(api, context));
      } else {
        const { demo } = await import("#commands/demo/demo.ts");
        done(await demo(api, context));
      }
    });

  program
    .command("status")
    .description("show pods, what they cost, when they end, and whether the daemon is running")
    .option("--json", "print everything as one JSON object", false)
    .option("--all", "show every account: a line each, with what is wrong", false)
    .option("--watch", "poll and show again every 5 seconds, until you press q", false)
    .option("--history", "show the history of the last 24 hours instead", false)
    .option("--plot", "draw the balance, with thresholds and forecast, instead of the pods", false)
    .option("--hours <hours>", "how many hours back the plot goes: 24, or from 1 to 720")
    .action(async (_options, command: Command) => {
      const { status } = await import("#commands/status/status.ts");
      const isOneNamed = program.getOptionValueSource("config") !== "default";
      done(await status({ ...command.optsWithGlobals(), isOneNamed }, context));
    });

  program
    .command("history")
    .description("show what happened and what it cost")
    .option("--hours <hours>", "how many hours back to show", "24")
    .option("--pod <pod>", "only this pod: its id, the start of its id, or its name")
    .option("--reason <reason>", "only this reason, or reasons that start with it")
    .option("--json", "print everything as one JSON object", false)
    .action(async (_options, command: Command) => {
      const { history } = await import("#commands/history/history.ts");
      done(await history(command.optsWithGlobals(), context));
    });

  program
    .command("dashboard")
    .description("open the page in your browser, logged in")
    .option("--print", "print a link to it instead", false)
    .action(async (_options, command: Command) => {
      const { dashboard } = await import("#commands/dashboard/dashboard.ts");
      await dashboard(command.optsWithGlobals(), context);
    });

  program
    .command("brief")
    .description("show the day in short: spent, hours left, what was stopped, what still bills")
    .option("--json", "print everything as one JSON object", false)
    .action(async (_options, command: Command) => {
      const { brief } = await import("#commands/brief/brief.ts");
      done(await brief(command.optsWithGlobals(), context));
    });

  program
    .command("audit")
    .description("show everything that drains the balance, pods or not, and what ends it")
    .option("--json", "print everything as one JSON object", false)
    .action(async (_options, command: Command) => {
      const { audit } = await import("#commands/audit/audit.ts");
      done(await audit(command.optsWithGlobals(), context));
    });

  addOutside(program, context, done);
  addLaunch(program, context, done);
  addAgents(program, context, done);

  program
    .command("completion")
    .description("print a script that makes a shell complete commands and pods")
    .argument("[shell]", "bash, zsh or fish")
    .action(async (shell: string | undefined) => {
      const { completion } = await import("#commands/completion/scripts.ts");
      completion(shell, context);
    });

  program
    .command("complete", { hidden: true })
    .description("print completions of the last word; used by the shell scripts")
    .argument("[words...]")
    .action(async (words: string[], _options, command: Command) => {
      const { complete } = await import("#commands/completion/complete.ts");
      await complete(words, program, command.optsWithGlobals(), context);
    });

  const pod = "a pod's id, its name, or the start of either";
  const hours = "a number such as 2 or 0.5";
  const json = ["--json", "print the result as one JSON object", false] as const;
  const leases = [
    ["lease", "give a pod a lease that ends this many hours from now"],
    ["extend", "add hours to a pod's lease, up to max_hours from the start of the run"],
  ] as const;
  for (const [wish, description] of leases) {
    program
      .command(wish)
      .description(description)
      .argument("<pod>", pod)
      .argument("<hours>", hours)
      .option(...json)
      // So that a value such as -Infinity is reported as a wrong number of hours.
      .allowUnknownOption()
      .action(async (name: string, forHours: string, _options, command: Command) => {
        const { lease } = await import("#commands/pods/lease.ts");
        await lease(wish, name, forHours, command.optsWithGlobals(), context);
      });
  }

  program
    .command("touch")
    .description("mark a pod as active: its idle time starts again from zero")
    .argument("<pod>", pod)
    .option(...json)
    .action(async (name: string, _options, command: Command) => {
      const { touch } = await import("#commands/pods/touch.ts");
      await touch(name, command.optsWithGlobals(), context);
    });

  program
    .command("skip")
    .description("pass over the next time of a schedule, or the one at work; not to be taken back")
    .argument("<schedule>", "the name of a schedule in the config")
    .option(...json)
    .action(async (name: string, _options, command: Command) => {
      const { skip } = await import("#commands/ahead/skip.ts");
      await skip(name, command.optsWithGlobals(), context);
    });

  program
    .command("unfreeze")
    .description("lift the freeze of a budget until its next period, and call off its stops")
    .argument("<budget>", "the name of a budget in the config")
    .option(...json)
    .action(async (name: string, _options, command: Command) => {
      const { unfreeze } = await import("#commands/ahead/unfreeze.ts");
      await unfreeze(name, command.optsWithGlobals(), context);
    });

  const ends = [
    ["stop", "stop pods and prove that they stopped", "every running pod"],
    ["terminate", "delete pods and prove that they are gone", "every pod, running or not"],
  ] as const;
  for (const [action, description, all] of ends) {
    program
      .command(action)
      .description(description)
      .argument("[pod...]", pod)
      .option("--all", `${all}, except protected and locked ones`, false)
      .option("-y, --yes", "do not ask for confirmation", false)
      .option("--exact", "take pods by their whole id only, never by a name", false)
      .option("--json", "print the result as one JSON object; needs --yes", false)
      .addHelpText(
        "after",
        `
Shows what the pods cost and what would be lost, then asks. Does not run before_stop_command; only the daemon does.
Exit codes: 1 a pod could not be proven stopped; 3 cancelled.`,
      )
      .action(async (names: string[], _options, command: Command) => {
        const { stop } = await import("#commands/pods/stop.ts");
        done(await stop(action, names, command.optsWithGlobals(), context));
      });
  }

  return program;
}
