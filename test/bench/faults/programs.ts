import { writeFileSync } from "node:fs";
import { join } from "node:path";

export type AgentKind =
  "works" | "missing" | "hanging" | "failing" | "failing once" | "lying" | "refused";

/** What an agent that acts needs to know. */
export interface AgentAccount {
  readonly url: string;
  readonly apiKey: string;
  readonly podIds: readonly string[];
}

/** Writes the agent into the folder, as a program of its own, and gives the command that calls it. */
export function agentCommand(
  folder: string,
  kind: AgentKind,
  account: AgentAccount,
): readonly string[] {
  switch (kind) {
    case "works":
      return [writeProgram(folder, "agent", stops(folder, account))];
    case "missing":
      return [join(folder, "no-such-agent")];
    case "hanging":
      return [writeProgram(folder, "agent", "exec sleep 3600")];
    case "failing":
      return [writeProgram(folder, "agent", "echo 'Credit balance is too low' >&2\nexit 1")];
    case "failing once": {
      const once = `mkdir '${join(folder, "has-failed")}' 2>/dev/null && exit 1`;
      return [writeProgram(folder, "agent", `${once}\n${stops(folder, account)}`)];
    }
    case "lying":
      return [writeProgram(folder, "agent", "echo 'I have stopped every pod. All is well.'")];
    case "refused":
      return [writeProgram(folder, "claude", `cat <<'END'\n${refusedResult}\nEND`), "-p"];
  }
}

export function writeProgram(folder: string, name: string, body: string): string {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\n${body}\n`, { mode: 0o700 });
  return path;
}

/** As Claude Code prints it when it was not allowed to do what it wanted. */
const refusedResult = JSON.stringify({
  type: "result",
  subtype: "success",
  is_error: false,
  num_turns: 3,
  result: "This command requires approval, so I could not stop the pods.",
  total_cost_usd: 0.02,
  permission_denials: [{ tool_name: "Bash", tool_input: { command: "runpodctl pod stop --all" } }],
});

/** Through the API and not through `runpodctl`, which need not be installed. */
function stops(folder: string, { url, apiKey, podIds }: AgentAccount): string {
  const script = join(folder, "stop-pods.mjs");
  writeFileSync(
    script,
    `for (const podId of ${JSON.stringify(podIds)}) {
  const query = "mutation($podId: String!) { podStop(input: { podId: $podId }) { id } }";
  await fetch(${JSON.stringify(url)}, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: ${JSON.stringify(`Bearer ${apiKey}`)} },
    body: JSON.stringify({ query, variables: { podId } }),
  });
}
`,
  );
  return `exec '${process.execPath}' '${script}'`;
}
