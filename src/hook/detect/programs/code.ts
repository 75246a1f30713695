import { askedIn, keepsWorkers, requested } from "#hook/detect/api/request.ts";
import { isQuery, mutationIn, ownMutation } from "#hook/detect/api/graphql.ts";
import type { Found } from "#hook/detect/found.ts";
import { unescaped } from "#hook/detect/shell/quotes.ts";
import { isRunpodctl, mentionsRunPod } from "./names.ts";
import { runpodctl } from "./runpodctl.ts";

const created =
  /\b(create_?pod|create_?endpoint|create_?cluster|deploy_?pod|launch_?pod|rent_?pod|create_?gpu_?pod|create_?cpu_?pod)s?\b/i;
const started = /\b(resume_?pod|start_?pod|restart_?pod|bid_?resume)\b/i;
const runs =
  /\b(?:system|popen\w*|subprocess|exec\w*|spawn\w*|child_process|check_output|check_call|getoutput|pty|pexpect|Command|invoke|Open3|qx|sh|zx)\b|`|%x|\bBun\.|\$\{?`/i;
const literal = /"((?:[^"\\\n]|\\.)*)"|'((?:[^'\\\n]|\\.)*)'|`((?:[^`\\]|\\.)*)`/g;
const mostLiterals = 2000;
const mostLines = 200;

function withoutComments(code: string): string {
  return code.replaceAll(/^[ \t]*(?:#|\/\/).*$/gm, "");
}

/** Texts that stand one after the other, put together where the code does so. */
function literalsIn(code: string): readonly string[] {
  const joined = code.replaceAll(/(["'])\s*\+\s*\1/g, "").replaceAll(/(["'])[ \t]+\1/g, "");
  const texts: string[] = [];
  for (const each of joined.matchAll(literal)) {
    texts.push(unescaped(each[1] ?? each[2] ?? each[3] ?? ""));
    if (texts.length >= mostLiterals) break;
  }
  return texts;
}

function sdk(code: string): Found | undefined {
  const create = created.exec(code)?.[1];
  if (create !== undefined) {
    const what = /endpoint/i.test(create)
      ? "endpoint"
      : /cluster/i.test(create)
        ? "cluster"
        : "pod";
    const asked = what === "pod" ? askedIn(code.replaceAll("_", "")) : undefined;
    const because = `${create} creates ${what === "endpoint" ? "a serverless endpoint" : `a ${what}`}`;
    return { kind: "creates", what, ...(asked === undefined ? {} : { asked }), because };
  }
  const start = started.exec(code)?.[1];
  if (start === undefined) return undefined;
  const podId = /resume_?pod\s*\(\s*["']([\w-]+)["']/i.exec(code)?.[1];
  return {
    kind: "starts",
    what: "pod",
    ...(podId === undefined ? {} : { podId }),
    because: `${start} starts a pod`,
  };
}

const address =
  /(?:https?:\/\/)?(?:[\w-]+\.)*(?:runpod\.(?:io|ai|net)|getrunpod\.io)(?:\/[^\s"'`<>)\\]*)?/gi;
const changes =
  /\b(?:post|put|patch)\b|\bmethod\s*[:=]\s*["'`](?:post|put|patch)|\bdata\s*=|\bbody\s*:|urlopen\([^)]*,/i;

/** A request that code sends to RunPod's addresses. */
function request(code: string): Found | undefined {
  if (!changes.test(code)) return undefined;
  for (const [url] of code.matchAll(address)) {
    if (/graphql/i.test(url)) {
      const mutation = mutationIn(code);
      if (mutation !== undefined) return mutation;
      if (isQuery(code) || /\bmutation\b/.test(code)) continue;
    }
    const body = /workersMin|workers/.test(code) && !keepsWorkers(code) ? "" : undefined;
    const action = /["']?action["']?\s*[:=]\s*["'](\w+)/.exec(code)?.[1];
    const found = requested({
      method: "POST",
      url: url.replaceAll(/\$?\{[^}]*\}/g, "x"),
      body: action === undefined ? body : `action=${action}`,
    });
    if (found !== undefined) return found;
  }
  return undefined;
}

/** RunPod's program among the texts of code that runs programs, with the texts that follow it. */
function asList(texts: readonly string[]): readonly Found[] {
  for (const [index, text] of texts.entries()) {
    if (!isRunpodctl(text) || /\s/.test(text)) continue;
    const found = runpodctl(texts.slice(index, index + 40));
    if (found.length > 0) return found;
  }
  return [];
}

/** What a program in some language creates or starts, and the lines that it hands to a shell. */
export function inCode(source: string): {
  readonly found: readonly Found[];
  readonly lines: readonly string[];
} {
  const code = withoutComments(source.slice(0, 1_000_000));
  const own = ownMutation(code);
  if (own !== undefined) return { found: [own], lines: [] };
  const direct = mentionsRunPod(code) ? (sdk(code) ?? request(code)) : undefined;
  if (direct !== undefined) return { found: [direct], lines: [] };
  if (!runs.test(code)) return { found: [], lines: [] };
  const texts = literalsIn(code);
  const list = asList(texts);
  const lines = texts.filter((text) => /\s/.test(text));
  return { found: list, lines: lines.slice(0, mostLines) };
}
