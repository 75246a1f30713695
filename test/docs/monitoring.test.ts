import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { namesOf, seriesOf } from "../http/metrics/guarded.ts";
import { metricsInSource } from "../http/metrics/names-in-source.ts";
import { hasPromtool, promtool } from "../http/metrics/promtool.ts";
import { richPage } from "../http/metrics/rich.ts";
import { textOf } from "./documents.ts";

const folder = "docs/monitoring";
const alerts = readFileSync(join(folder, "alerts.yml"), "utf8");
const alertTests = readFileSync(join(folder, "alerts.test.yml"), "utf8");
const dashboard = JSON.parse(
  readFileSync(join(folder, "grafana-dashboard.json"), "utf8"),
) as Dashboard;

interface Dashboard {
  readonly templating: {
    readonly list: readonly { readonly name: string; readonly type: string }[];
  };
  readonly panels: readonly Panel[];
}

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly gridPos: Readonly<Record<"x" | "y" | "w" | "h", number>>;
  readonly datasource?: { readonly uid: string };
  readonly targets?: readonly { readonly refId: string; readonly expr: string }[];
}

const panelExpressions = dashboard.panels.flatMap(({ title, targets = [] }) =>
  targets.map(({ expr, refId }) => ({ where: `${title} ${refId}`, expr })),
);
const ruleExpressions = alerts
  .split(/^ +- alert: /m)
  .slice(1)
  .map((rule) => ({
    where: rule.slice(0, rule.indexOf("\n")),
    expr: /expr: (?:>-)?([^]*?)\n +(?:for|labels):/.exec(rule)?.[1] ?? "",
  }));
const expressions = [...panelExpressions, ...ruleExpressions];

let page = "";
beforeAll(async () => {
  page = await richPage();
});

it("the page of the tests has every metric that the code can write", () => {
  expect(namesOf(page).toSorted()).toEqual([...new Set(metricsInSource())].toSorted());
});

describe("the dashboard and the alerts", () => {
  it("have as many expressions as they seem to", () => {
    expect(ruleExpressions.length).toBe(alerts.match(/- alert:/g)?.length);
    expect(ruleExpressions.every(({ expr }) => expr.trim() !== "")).toBe(true);
    expect(panelExpressions.length).toBeGreaterThan(30);
  });

  it.each(expressions)("$where asks for nothing that is not on the page", ({ expr }) => {
    const asked = selectorsIn(expr).filter(({ metric }) => metric !== "up");
    const onPage = Object.keys(seriesOf(page));

    const missing = asked.filter(
      ({ metric, labels }) => !onPage.some((series) => isOf(series, metric, labels)),
    );

    expect(missing).toEqual([]);
  });

  it.each(expressions)("$where groups by labels that there are", ({ expr }) => {
    const labels = [...expr.matchAll(/\b(?:by|without) \(([^)]*)\)/g)].flatMap(([, list = ""]) =>
      list.split(",").map((each) => each.trim()),
    );

    expect(labels.filter((label) => label !== "le" && !page.includes(`${label}="`))).toEqual([]);
  });

  it("every alert has a test in which it comes, and one in which it does not", () => {
    const cases = [...alertTests.matchAll(/alertname: (\w+)(\n +exp_alerts:)?/g)];
    for (const { where: alert } of ruleExpressions) {
      const ofIt = cases.filter(([, name]) => name === alert);
      expect(
        ofIt.some(([, , comes]) => comes !== undefined),
        alert,
      ).toBe(true);
      expect(
        ofIt.some(([, , comes]) => comes === undefined),
        alert,
      ).toBe(true);
    }
  });
});

describe("the dashboard", () => {
  it("asks whoever imports it for the data source, and uses no other", () => {
    expect(dashboard.templating.list[0]).toMatchObject({ name: "datasource", type: "datasource" });
    const sources = dashboard.panels.filter(({ type }) => type !== "row");
    expect(sources.map(({ datasource }) => datasource?.uid)).toEqual(
      sources.map(() => "${datasource}"),
    );
  });

  it("has no two panels with one id, nor in one place", () => {
    const ids = dashboard.panels.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const places = dashboard.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_each, n) => `${x + (n % w)} ${y + Math.floor(n / w)}`),
    );
    expect(new Set(places).size).toBe(places.length);
    expect(dashboard.panels.filter(({ gridPos: { x, w } }) => x + w > 24)).toEqual([]);
  });
});

it("docs/monitoring.md has every metric of ours, and no other", () => {
  const text = textOf("docs/monitoring.md");
  const named = new Set([...text.matchAll(/`(runpodboss_\w+)/g)].map(([, name = ""]) => name));

  expect([...named].toSorted()).toEqual(
    [...new Set(metricsInSource())].filter((name) => name.startsWith("runpodboss_")).toSorted(),
  );
});

describe(
  hasPromtool ? "as promtool judges" : "without promtool, which is not installed here",
  () => {
    it("the page is as Prometheus wants it", () => {
      if (!hasPromtool) return sayUnchecked();
      expect(promtool(["check", "metrics"], page)).toEqual({ status: 0, output: "" });
    });

    it("the alerts can be read", () => {
      if (!hasPromtool) return sayUnchecked();
      expect(promtool(["check", "rules", join(folder, "alerts.yml")])).toMatchObject({ status: 0 });
    });

    it("the alerts come when they should, and at no other time", () => {
      if (!hasPromtool) return sayUnchecked();
      const { status, output } = promtool(["test", "rules", join(folder, "alerts.test.yml")]);
      expect(status, output).toBe(0);
    });

    it("the expressions of the dashboard can be read", () => {
      if (!hasPromtool) return sayUnchecked();
      const scratch = mkdtempSync(join(tmpdir(), "dashboard-"));
      const rules = panelExpressions.map(({ expr }, n) => ({
        record: `panel:expr:${n}`,
        expr: expr.replaceAll("$__rate_interval", "5m"),
      }));
      const file = join(scratch, "rules.yml");
      writeFileSync(file, JSON.stringify({ groups: [{ name: "panels", rules }] }));
      const { status, output } = promtool(["check", "rules", file]);
      rmSync(scratch, { recursive: true });
      expect(status, output).toBe(0);
    });
  },
);

/** Nothing is skipped in silence. */
function sayUnchecked(): void {
  process.stdout.write("promtool is not installed: neither the page nor the alerts were checked\n");
  expect(hasPromtool).toBe(false);
}

interface Selector {
  readonly metric: string;
  readonly labels: readonly (readonly [label: string, values: readonly string[]])[];
}

/** What an expression asks for; each of several values that a label may have counts on its own. */
function selectorsIn(expr: string): readonly Selector[] {
  return [...expr.matchAll(/\b((?:runpodboss|process|nodejs)_\w+|up)\b(?:\{([^}]*)\})?/g)].flatMap(
    ([, metric = "", matchers = ""]) => {
      const labels = [...matchers.matchAll(/(\w+)=~?"([^"]*)"/g)]
        .map(([, label = "", values = ""]) => [label, values.split("|")] as const)
        // Prometheus gives every series these two.
        .filter(([label]) => label !== "instance" && label !== "job");
      return { metric, labels };
    },
  );
}

function isOf(series: string, metric: string, labels: Selector["labels"]): boolean {
  if (series !== metric && !series.startsWith(`${metric}{`)) return false;
  return labels.every(([label, values]) =>
    values.some((value) => series.includes(`${label}="${value}"`)),
  );
}
