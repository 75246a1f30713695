import { restV1Words } from "./runpodctl.ts";
import { versionWords } from "./version.ts";
import { type AgentTools, fitsRule } from "./ways.ts";

const where = "the agent's runpodctl";

/** What is wrong with what a Claude Code has to end pods with, or will be; empty when all is well. */
export function toolWarnings(
  tools: AgentTools,
  permissions: "scoped" | "inherit",
  nowMs: number,
): readonly string[] {
  const isOurs = permissions === "scoped" && fitsRule(tools);
  const odd = [...tools.program.argv, tools.configPath].map((each) => JSON.stringify(each));
  const instead =
    permissions === "scoped" && !isOurs
      ? [
          `the agent's runpodboss stop: a rule for Claude Code cannot hold all of ${odd.join(", ")}; move what has a character in its path that is special there, such as a parenthesis or *`,
        ]
      : [];
  return [...instead, ...runpodctlWarnings(tools, isOurs, nowMs)];
}

function runpodctlWarnings(
  { runpodctl }: AgentTools,
  isOurs: boolean,
  nowMs: number,
): readonly string[] {
  switch (runpodctl.kind) {
    case "missing":
      return isOurs
        ? []
        : [`${where}: was not found on PATH, so the agent can stop nothing; install it`];
    case "unknown":
      return [
        `${where}: its version is unknown: ${runpodctl.because}; ${isOurs ? "the agent may use runpodboss stop only" : "the agent may only try to stop pods with it"}`,
      ];
    case "found": {
      const ending = restV1Words(runpodctl.version, nowMs);
      return ending === undefined ? [] : [`${where}: ${ending}`];
    }
  }
}

/** What a scoped agent ends pods with, in words: the preferred way first. */
export function toolWords(tools: AgentTools): string {
  const { runpodctl } = tools;
  const ours = fitsRule(tools) ? ["runpodboss stop"] : [];
  const theirs = runpodctl.kind === "found" ? [`runpodctl ${versionWords(runpodctl.version)}`] : [];
  const ways = [...ours, ...theirs];
  const why = runpodctl.kind === "missing" ? " (there is no runpodctl)" : "";
  return ways.length === 0 ? "nothing" : `${ways.join(", or ")}${why}`;
}
