import { describe, expect, it } from "vitest";
import { loadConfig } from "#config/load.ts";
import { scriptFaults } from "#config/scripts.ts";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { realPaces } from "#paces.ts";
import { tempFolder } from "../temp-folder.ts";

const wheres = (command: readonly string[]) => scriptFaults(command).map(({ at }) => at);

describe("a placeholder in a script is refused", () => {
  it.each<[string, readonly string[], number]>([
    ["of sh", ["sh", "-c", 'curl -d "{message}" https://x'], 2],
    ["of bash by its path", ["/bin/bash", "-c", "echo {message}"], 2],
    ["of a login shell", ["bash", "-lc", "echo {name}"], 2],
    ["of a shell that ends at an error", ["zsh", "-ec", "echo {balance:.2f}"], 2],
    ["of dash", ["dash", "-c", "echo {below_usd}"], 2],
    ["of fish", ["fish", "-c", "echo {message}"], 2],
    ["of fish, in its long form", ["fish", "--command=echo {message}"], 1],
    ["of ksh with a version", ["ksh93", "-c", "echo {message}"], 2],
    ["of busybox", ["busybox", "sh", "-c", "echo {message}"], 3],
    ["of a shell with options after its -c", ["bash", "-c", "-x", "echo {message}"], 3],
    ["of a shell with options before it", ["bash", "-O", "extglob", "-c", "echo {message}"], 4],
    ["as a shell's own variable", ["sh", "-c", "echo ${name}"], 2],
    ["in quotes of the shell", ["sh", "-c", "echo '{message}'"], 2],
    ["as JSON", ["sh", "-c", "curl -d {message_json} https://x"], 2],
    ["behind env", ["env", "A=b", "sh", "-c", "echo {message}"], 4],
    ["behind timeout", ["timeout", "10", "sh", "-c", "echo {message}"], 4],
    ["behind nice", ["nice", "-n", "5", "bash", "-c", "echo {message}"], 5],
    ["behind sudo", ["sudo", "-u", "me", "sh", "-c", "echo {message}"], 5],
    ["behind nohup", ["nohup", "sh", "-c", "echo {message}"], 3],
    ["behind stdbuf and setsid", ["stdbuf", "-oL", "setsid", "sh", "-c", "{message}"], 5],
    ["in a container", ["docker", "exec", "box", "sh", "-c", "echo {message}"], 5],
    ["in a line that env splits", ["env", "-S", "sh -c 'echo {message}'"], 2],
    ["of su", ["su", "me", "-c", "echo {message}"], 3],
    ["on another machine", ["ssh", "-i", "key", "host", "notify", "{message}"], 5],
    ["of python", ["python3.12", "-c", "print('{message}')"], 2],
    ["of python, right behind the option", ["python", "-cprint('{message}')"], 1],
    ["of node", ["node", "-e", "console.log('{message}')"], 2],
    ["of node that prints", ["node", "-pe", "'{message}'"], 2],
    ["of node, in its long form", ["node", "--eval=console.log('{message}')"], 1],
    ["of perl", ["perl", "-ne", "print '{message}'"], 2],
    ["of ruby", ["ruby", "-e", "puts '{message}'"], 2],
    ["of php", ["php", "-r", "echo '{message}';"], 2],
    ["of lua", ["lua5.4", "-e", "print('{message}')"], 2],
    ["of awk", ["awk", "-v", "a=b", 'BEGIN { print "{message}" }'], 3],
    ["of AppleScript", ["osascript", "-e", 'display notification "{message}"'], 2],
    ["of a careful shell", ["bash", "-euo", "pipefail", "-c", "echo {message}"], 4],
    ["of a shell with a file for its start", ["bash", "--rcfile", "rc", "-ic", "{message}"], 4],
    ["of a shell that xargs starts", ["xargs", "-0", "sh", "-c", "echo {message}"], 4],
    ["of a shell that find starts", ["find", ".", "-exec", "sh", "-c", "{pod_name}", ";"], 5],
    ["of su, right behind the option", ["su", "-cecho {message}"], 1],
    ["on another machine, behind xargs", ["xargs", "ssh", "host", "{message}"], 3],
    ["on another machine, from a container", ["docker", "exec", "b", "ssh", "h", "{name}"], 5],
    ["in what ssh goes through", ["ssh", "-o", "ProxyCommand=nc {pod_name} 22", "host"], 2],
    ["in that, right behind the option", ["ssh", "-oProxyCommand=nc {pod_name} 22", "host"], 1],
    ["of rsync's shell", ["rsync", "-ae", "ssh {pod_name}", "a", "b"], 2],
    ["of lua with a library", ["lua", "-l", "json", "-e", "print('{message}')"], 4],
    ["of jq", ["jq", "-n", '"{message}"'], 2],
    ["of jq, behind its values", ["jq", "--arg", "a", "{name}", "-n", '"{message}"'], 5],
    ["of sed", ["sed", "-n", "s/x/{message}/"], 2],
    ["of sed, by its option", ["sed", "-e", "s/x/{message}/", "file"], 2],
    ["of tmux, which runs #(…)", ["tmux", "display-message", "{message}"], 2],
    ["of SQL", ["sqlite3", "db", "INSERT INTO t VALUES ('{message}')"], 2],
    ["of parallel", ["parallel", "echo {message}"], 1],
    ["of PowerShell", ["pwsh", "-Command", "Write {message}"], 2],
  ])("%s", (_sentence, command, at) => {
    expect(wheres(command)).toEqual([at]);
  });
});

describe("a placeholder where it is safe is taken", () => {
  it.each<[string, readonly string[]]>([
    ["an argument of a program", ["curl", "--data-raw", "{message}", "https://x"]],
    ["an argument of a script", ["sh", "-c", 'curl -d "$1" https://x', "sh", "{message}"]],
    ["an argument of a script file", ["bash", "notify.sh", "-c", "{message}"]],
    ["an argument of node's script", ["node", "-e", "f(process.argv[1])", "{message}"]],
    ["an argument of AppleScript", ["osascript", "-e", "on run a", "-e", "end run", "{message}"]],
    ["a variable of the environment", ["env", "M={message}", "sh", "-c", 'echo "$M"']],
    ["a value of jq", ["jq", "-n", "--arg", "m", "{message}", "{text: $m}"]],
    ["a file that rsync copies", ["rsync", "-ac", "{pod_id}:/work", "/backup/{pod_id}"]],
    ["an argument of a traced script file", ["bash", "-x", "notify.sh", "-c", "{message}"]],
    ["the host of another machine", ["ssh", "pod-{pod_id}", "pgrep", "-f", "train.py"]],
    ["braces that are none", ["sh", "-c", "echo {{message}} ${HOME} {foo}"]],
    ["the variables themselves", ["sh", "-c", 'echo "$RUNPODBOSS_MESSAGE"']],
    ["words that look like programs", ["notify-send", "watch", "{message}"]],
  ])("%s", (_sentence, command) => {
    expect(wheres(command)).toEqual([]);
  });
});

async function refusal(config: object): Promise<string> {
  const path = join(tempFolder(), "config.json");
  const thresholds = [{ name: "a", below_usd: 1, prompt: "p" }];
  writeFileSync(path, JSON.stringify({ thresholds, ...config }), { mode: 0o600 });
  const loading = loadConfig(path, { RUNPOD_API_KEY: "a-key-for-scripts" }, realPaces);
  return loading.then(
    () => "taken",
    (error: unknown) => String(error),
  );
}

describe("a config that has one says exactly what to change", () => {
  const shell = ["sh", "-c", "echo {message} {balance:.2f}"];
  const instead = 'Write "$RUNPODBOSS_MESSAGE", "$RUNPODBOSS_BALANCE_USD" in place of it';

  it.each<[string, object, string]>([
    ["the notify command", { extra_notify_command: shell }, "extra_notify_command[2]"],
    [
      "a threshold's",
      { thresholds: [{ name: "a", below_usd: 1, prompt: "p", extra_notify_command: shell }] },
      "thresholds[0].extra_notify_command[2]",
    ],
    [
      "what is run before a stop",
      { guards: { before_stop_command: shell } },
      "guards.before_stop_command[2]",
    ],
    [
      "a probe",
      { guards: { idle: { activity_command: shell } } },
      "guards.idle.activity_command[2]",
    ],
  ])("%s", async (_sentence, config, where) => {
    const words = await refusal(config);

    expect(words).toContain(`${where}  must not hold {message}, {balance:.2f}: sh would run`);
    expect(words).toContain(instead);
  });

  it.each([
    [["python", "-c", "f('{message}')"], 'os.environ["RUNPODBOSS_MESSAGE"]'],
    [["node", "-e", "f('{pod_name}')"], "process.env.RUNPODBOSS_POD_NAME"],
    [["perl", "-e", "f('{pod_id}')"], "$ENV{RUNPODBOSS_POD_ID}"],
    [["ssh", "host", "logger", "{message}"], "its standard input"],
  ])("in the words of %j", async (extra_notify_command, words) => {
    expect(await refusal({ extra_notify_command })).toContain(words);
  });

  it.each<[string, object]>([
    [
      "a message added to what another machine runs",
      { extra_notify_command: ["ssh", "h", "logger"] },
    ],
    ["a prompt added to it", { claude_command: ["ssh", "host", "claude", "-p"] }],
    [
      "a message added behind a wrapper",
      { extra_notify_command: ["timeout", "9", "ssh", "h", "logger"] },
    ],
  ])("and refuses %s", async (_sentence, config) => {
    expect(await refusal(config)).toContain("must not end in ssh");
  });

  it("and takes what is safe", async () => {
    const extra_notify_command = ["sh", "-c", 'printf %s "$RUNPODBOSS_MESSAGE"'];

    expect(await refusal({ extra_notify_command })).toBe("taken");
  });
});
