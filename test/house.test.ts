import { spawnSync } from "node:child_process";
import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, expect, it } from "vitest";

const root = join(import.meta.dirname, "..");

const imports = "no-restricted-imports";
const globals = "no-restricted-globals";
const properties = "no-restricted-properties";

/** A file, a line in it, and the rule that refuses the line. */
const refused: readonly (readonly [path: string, line: string, rule: string])[] = [
  ["src/guard/decide.ts", `import { readFileSync } from "node:fs";`, imports],
  ["src/guard/decide.ts", `import * as z from "zod";`, imports],
  ["src/guard/decide.ts", `import { wordsOf } from "#errors.ts";`, imports],
  ["src/guard/decide.ts", `import type { Clock } from "#ports.ts";`, imports],
  ["src/guard/decide.ts", `export { wordsOf } from "#errors.ts";`, imports],
  ["src/guard/decide.ts", `await import("#errors.ts");`, imports],
  ["src/guard/decide.ts", `export type C = import("#ports.ts").Clock;`, "consistent-type-imports"],
  ["src/guard/decide.ts", `export const now = Date.now();`, globals],
  ["src/guard/decide.ts", `export const today = new Date();`, globals],
  ["src/guard/decide.ts", `export const since = performance.now();`, globals],
  ["src/guard/decide.ts", `export const hidden = globalThis.Date;`, globals],
  ["src/guard/decide.ts", `export const home = process.env["HOME"];`, globals],
  ["src/guard/decide.ts", `setTimeout(() => {}, 1);`, globals],
  ["src/guard/decide.ts", `export const luck = Math.random();`, properties],
  ["src/guard/pods/leases.ts", `import type { Clock } from "#ports.ts";`, imports],
  ["src/guard/pods/lent.ts", `import type { Clock } from "../../ports.ts";`, imports],
  ["src/guard/pods/leases.ts", `import { readFileSync } from "node:fs";`, imports],
  ["src/guard/pods/far/down/leases.ts", `import { readFileSync } from "node:fs";`, imports],
  ["src/guard/pods/leases.ts", `export const now = Date.now();`, globals],
  [
    "src/guard/pods/run/start.ts",
    `import { leaseEndMs } from "#guard/pods/rules/lease.ts";`,
    imports,
  ],
  ["src/guard/pods/run/start.ts", `import { readFileSync } from "node:fs";`, imports],
  ["src/guard/pods/rules/limit.ts", `import { warn } from "#guard/pods/ends/warn.ts";`, imports],
  ["src/guard/pods/rules/limit.ts", `import type { Clock } from "#ports.ts";`, imports],
  ["src/guard/pods/follow/seen.ts", `import { warn } from "#guard/pods/ends/warn.ts";`, imports],
  ["src/guard/pods/follow/seen.ts", `import type { Clock } from "#ports.ts";`, imports],
  [
    "src/guard/pods/ends/late.ts",
    `import { endedBy } from "#guard/pods/follow/ended-by.ts";`,
    imports,
  ],
  ["src/guard/pods/ends/late.ts", `import type { Clock } from "#ports.ts";`, imports],

  ["src/config/load.ts", `import type { Clock } from "#ports.ts";`, imports],
  ["src/config/load.ts", `import { createStateFile } from "#store/state-file.ts";`, imports],
  ["src/runpod/rest/pods.ts", `import { loadConfig } from "#config/load.ts";`, imports],
  ["src/runpod/rest/pods.ts", `import { createLogger } from "#log.ts";`, imports],
  ["src/runpod/rest/pods.ts", `import { decide } from "#guard/decide.ts";`, imports],
  ["src/runpod/rest/pods.ts", `import { readFileSync } from "node:fs";`, imports],
  ["src/runpod/rest/pods.ts", `import { request } from "node:http";`, imports],
  ["src/effects/perform.ts", `import { createAccounts } from "#runpod/account.ts";`, imports],
  ["src/effects/perform.ts", `import { watch } from "#daemon/watch.ts";`, imports],
  ["src/effects/perform.ts", `import { createLogger } from "#log.ts";`, imports],
  ["src/effects/perform.ts", `process.exit(1);`, properties],
  ["src/notify/services/slack.ts", `import { connect } from "node:net";`, imports],
  ["src/notify/services/slack.ts", `import { exchange } from "#requests/exchange.ts";`, imports],
  ["src/notify/mail/smtp-words.ts", `import { connect } from "node:net";`, imports],
  ["src/notify/words/fit.ts", `import { slack } from "#notify/services/slack.ts";`, imports],
  ["src/agent/run.ts", `import type { EffectSettings } from "#effects/settings.ts";`, imports],
  ["src/process/tree.ts", `import { callAgent } from "#agent/call.ts";`, imports],
  ["src/probes/probe.ts", `import type { Settings } from "#config/settings.ts";`, imports],
  ["src/probes/probe.ts", `import { createRunner } from "#process/runner.ts";`, imports],
  ["src/probes/probe.ts", `import { request } from "node:http";`, imports],
  ["src/store/leases.ts", `import { decide } from "#guard/decide.ts";`, imports],
  ["src/store/leases.ts", `import type { Settings } from "#config/settings.ts";`, imports],
  ["src/mcp/tools/stop.ts", `import { stop } from "#commands/pods/stop.ts";`, imports],
  ["src/mcp/tools/stop.ts", `import { createAccounts } from "#runpod/account.ts";`, imports],
  ["src/report/status/status.ts", `import { decide } from "../guard/decide.ts";`, imports],
  ["src/report/status/status.ts", `import { warn } from "#terminal/warn.ts";`, imports],
  ["src/report/status/status.ts", `import { stopPods } from "#operations/stop.ts";`, imports],
  ["src/operations/stop.ts", `import { warn } from "#terminal/warn.ts";`, imports],
  ["src/operations/stop.ts", `import { check } from "#commands/check/check.ts";`, imports],
  ["src/template/render.ts", `import type { Clock } from "#ports.ts";`, imports],
  ["src/terminal/table.ts", `import { loadConfig } from "#config/load.ts";`, imports],
  ["src/daemon/cycle.ts", `import { createAccounts } from "#runpod/account.ts";`, imports],
  ["src/runpod/graphql/transport.ts", `import { exchange } from "#requests/exchange.ts";`, imports],
  ["src/daemon/cycle.ts", `import { createStateFile } from "#store/state-file.ts";`, imports],
  ["src/daemon/cycle.ts", `import { createQueue } from "#effects/queue.ts";`, imports],
  ["src/daemon/cycle.ts", `import { createLogger } from "#log.ts";`, imports],
  ["src/daemon/cycle.ts", `import { readFileSync } from "node:fs";`, imports],
  ["src/daemon/cycle.ts", `export const now = Date.now();`, globals],
  ["src/commands/check/check.ts", `import "#cli.ts";`, imports],
  ["src/commands/check/check.ts", `import { run } from "#main.ts";`, imports],
  ["src/commands/check/check.ts", `import { createProgram } from "#program.ts";`, imports],
  ["src/commands/check/check.ts", `import { exit } from "node:process";`, imports],
  ["src/commands/check/check.ts", `process.exit(2);`, properties],
  ["src/commands/check/check.ts", `console.log("balance");`, "no-console"],
  ["src/commands/check/check.ts", `import { usd } from "../../../test/samples.ts";`, imports],
  ["src/simulator/server.ts", `import type { Pod } from "#guard/model/account.ts";`, imports],
  ["src/simulator/server.ts", `import { exit } from "node:process";`, imports],
  ["src/simulator/rest/face.ts", `import type { Pod } from "#guard/model/account.ts";`, imports],
  ["src/simulator/rest/face.ts", `import { podsIn } from "#runpod/rest/pod-list.ts";`, imports],
  ["src/page/parts/top.ts", `document.body.innerHTML = "<b>bold</b>";`, properties],
  ["src/page/parts/top.ts", `document.body.insertAdjacentHTML("beforeend", "");`, properties],
  ["src/page/dom/patch.ts", `document.write("<b>bold</b>");`, properties],
  ["src/page/chart/chart.ts", `document.body.outerHTML = "";`, properties],
  ["src/page/main.ts", `import { statusAnswer } from "#guard/model/state.ts";`, imports],
  ["src/page/main.ts", `import uPlot from "uplot";`, imports],
  ["src/page/main.ts", `import { readFileSync } from "node:fs";`, imports],
  ["src/http/links/act-page.ts", `import { raw } from "hono/html";`, imports],
  ["src/http/frame/whole-page.ts", `import type { Pod } from "#guard/model/account.ts";`, imports],
  ["src/http/contract/status.ts", `import type { Pod } from "#guard/model/account.ts";`, imports],
  ["src/a-new-room/page.ts", `import type { Clock } from "#ports.ts";`, imports],
  ["src/a-new-room/page.ts", `process.exit(1);`, properties],

  ["src/hook/formats/answer.ts", `import { warn } from "#terminal/warn.ts";`, imports],
  ["src/hook/detect/in-command.ts", `import { readFileSync } from "node:fs";`, imports],
  ["src/hook/detect/in-command.ts", `import { loadConfig } from "#config/load.ts";`, imports],
  ["src/main.ts", `import { watch } from "#daemon/watch.ts";`, imports],
  ["src/main.ts", `process.exit(0);`, properties],
  ["src/paces.ts", `import type { Clock } from "#ports.ts";`, imports],
  ["src/program.ts", `import { watch } from "#daemon/watch.ts";`, imports],
  ["src/wiring/daemon.ts", `import { check } from "#commands/check/check.ts";`, imports],
  ["src/wiring/daemon.ts", `import { startSimulator } from "#simulator/server.ts";`, imports],
  ["src/wiring/account.ts", `import { createStateFile } from "#store/state-file.ts";`, imports],
  ["src/wiring/page/serve-page.ts", `import { check } from "#commands/check/check.ts";`, imports],
  ["src/ports.ts", `import type { Settings } from "#config/settings.ts";`, imports],
  ["src/errors.ts", `import type { Clock } from "#ports.ts";`, imports],
  ["src/errors.ts", `import { decide } from "#guard/decide.ts";`, imports],
  ["src/log.ts", `import { decide } from "#guard/decide.ts";`, imports],
  ["src/requests/name-lookups.ts", `import { request } from "node:http";`, imports],
  ["src/requests/exchange.ts", `import { version } from "#package.json";`, imports],
  ["src/clock.ts", `import { decide } from "#guard/decide.ts";`, imports],

  ["src/store/round.ts", `export { trip } from "./trip.ts";`, "no-cycle"],
  ["src/store/trip.ts", `export { round } from "#store/round.ts";`, "no-cycle"],
  ["src/store/history.ts", `export default 1;`, "no-default-export"],
  ["src/store/history.ts", `export const rows: any = [];`, "no-explicit-any"],
  ["src/store/snake_case.ts", `export const rows = [];`, "filename-case"],
];

/** Lines that no rule of the house refuses. */
const allowed: readonly (readonly [path: string, line: string])[] = [
  ["src/cli.ts", `process.exit(0);`],
  ["src/cli.ts", `import { createProgram } from "./program.ts";`],
  ["src/program.ts", `await import("#commands/check/check.ts");`],
  ["src/wiring/daemon.ts", `import { watch } from "#daemon/watch.ts";`],
  ["src/ports.ts", `import type { Look } from "#guard/model/account.ts";`],
  ["src/guard/decide.ts", `import { checkThresholds } from "#guard/account/lines/thresholds.ts";`],
  ["src/guard/pods/project.ts", `import { followRuns } from "#guard/pods/follow/runs.ts";`],
  ["src/guard/pods/rules/limit.ts", `import { isLater } from "#guard/pods/run/run-start.ts";`],
  [
    "src/guard/pods/ends/late.ts",
    `import { announcedAtMs } from "#guard/pods/rules/deadlines.ts";`,
  ],
  ["src/guard/account/thresholds.ts", `import type { Look } from "#guard/model/account.ts";`],
  ["src/config/settings.ts", `import { readFile } from "node:fs/promises";`],
  ["src/runpod/graphql/account.ts", `import { version } from "#package.json";`],
  ["src/runpod/graphql/transport.ts", `import { TransportError } from "#requests/answer.ts";`],
  ["src/wiring/account.ts", `import { exchange } from "#requests/exchange.ts";`],
  ["src/requests/exchange.ts", `import { wordsOf } from "#errors.ts";`],
  ["src/probes/probe.ts", `import { exchange } from "#requests/exchange.ts";`],
  ["src/probes/probe.ts", `import { render } from "#template/render.ts";`],
  ["src/effects/queue.ts", `import type { Log } from "#log.ts";`],
  ["src/store/state-file.ts", `import { emptyState } from "#guard/model/state.ts";`],
  ["src/notify/create.ts", `import { slack } from "#notify/services/slack.ts";`],
  ["src/notify/mail/email.ts", `import { connect } from "node:net";`],
  ["src/notify/words/fit.ts", `import type { Message } from "#notify/message.ts";`],
  ["src/daemon/watch.ts", `import type { Queue } from "#effects/queue.ts";`],
  ["src/http/links/act-page.ts", `import { html } from "hono/html";`],
  ["src/http/frame/whole-page.ts", `import { html, raw } from "hono/html";`],
  ["src/daemon/measuring.ts", `import { podsToProbe } from "#guard/pods/follow/telemetry.ts";`],
  ["src/hook/events/see.ts", `import { snapshotOf } from "#report/snapshot.ts";`],
  ["src/hook/detect/in-call.ts", `import { inCode } from "#hook/detect/programs/code.ts";`],
  ["src/report/pod.ts", `import { hourMs } from "#guard/model/time.ts";`],
  ["src/report/snapshot.ts", `import { realAccount } from "#wiring/account.ts";`],
  ["src/operations/lease.ts", `import { extended } from "#guard/pods/rules/lease.ts";`],
  ["src/commands/demo/scene.ts", `import { startSimulator } from "#simulator/server.ts";`],
  ["src/commands/pods/lease.ts", `import { leasePod } from "#operations/lease.ts";`],
  ["src/simulator/graphql/root.ts", `import { setTimeout } from "node:timers/promises";`],
  ["src/simulator/rest/face.ts", `import type { Face } from "#simulator/face.ts";`],
  ["src/simulator/stand-in-agent.ts", `console.log("stopped nothing");`],
  ["test/e2e/check.test.ts", `import { startSimulator } from "#simulator/server.ts";`],
];

const { overrides } = JSON.parse(
  readFileSync(join(root, ".oxlintrc.json"), "utf8").replaceAll(/^\s*\/\/.*$/gm, ""),
) as { readonly overrides: readonly { readonly files: readonly string[] }[] };
const rooms = new Set(overrides.flatMap(({ files }) => files));
const folder = mkdtempSync(join(tmpdir(), "runpodboss-test-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const rulesAt = lint([...refused, ...allowed]);

it.each(refused)("%s: %s is refused by %s", (path, line, rule) => {
  expect(rulesAt(path, line)).toContain(rule);
});

it.each(allowed)("%s: %s is allowed", (path, line) => {
  const house = [imports, globals, properties, "no-process-exit", "no-console"];

  expect(rulesAt(path, line).filter((rule) => house.includes(rule))).toEqual([]);
});

it("every folder of src has a line of its own", () => {
  const folders = readdirSync(join(root, "src"), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => `src/${name}/**`);

  expect(folders.filter((each) => !rooms.has(each))).toEqual([]);
});

/** Lints all lines in one go, under the project's rules, each in its file; gives the rules broken. */
function lint(
  rows: readonly (readonly [path: string, line: string, rule?: string])[],
): (path: string, line: string) => readonly string[] {
  for (const [path, line] of rows) {
    mkdirSync(join(folder, dirname(path)), { recursive: true });
    appendFileSync(join(folder, path), `${line}\n`);
  }
  for (const file of [".oxlintrc.json", "package.json"]) {
    copyFileSync(join(root, file), join(folder, file));
  }
  const { stdout } = spawnSync(join(root, "node_modules/.bin/oxlint"), ["--format", "json"], {
    cwd: folder,
    encoding: "utf8",
  });
  const { diagnostics } = JSON.parse(stdout) as { diagnostics: readonly Diagnostic[] };

  return (path, line) => {
    const lines = rows.filter(([file]) => file === path).map(([, each]) => each);
    const number = lines.indexOf(line) + 1;
    return diagnostics
      .filter(({ filename, labels }) => filename === path && labels[0]?.span.line === number)
      .map(({ code }) => /\((.*)\)/.exec(code)?.[1] ?? code);
  };
}

interface Diagnostic {
  /** For example `eslint(no-console)`. */
  readonly code: string;
  readonly filename: string;
  readonly labels: readonly { readonly span: { readonly line: number } }[];
}
