import { isRunPods, requested, type Request } from "#hook/detect/api/request.ts";
import { ownMutation } from "#hook/detect/api/graphql.ts";
import type { Found } from "#hook/detect/found.ts";
import { isUnknown } from "#hook/detect/walk/values.ts";
import type { Scope, Text } from "#hook/detect/walk/scope.ts";
import { looksMutating, mentionsRunPod } from "./names.ts";

/** Which of curl's short options take a value. */
const valued = new Set("AbcCdDeEFhHKmoPQrtTuUwxXyYz");
const longValued =
  /^--(?!(?:get|head|silent|show-error|fail|fail-with-body|location|location-trusted|insecure|include|verbose|compressed|globoff|http[\d.]+|http2-prior-knowledge|no-[\w-]+|ipv[46]|tlsv[\d.]+|remote-name|remote-name-all|progress-bar|raw|create-dirs|parallel|negotiate|anyauth|basic|digest|ntlm|ssl-reqd|tcp-nodelay|disable|version|manual|help|path-as-is|xattr|styled-output|oauth2-bearer-none|next)$)/;

interface Given {
  method: string | undefined;
  isGet: boolean;
  readonly urls: string[];
  readonly bodies: (string | undefined)[];
  readonly configs: string[];
}

/** What stands behind `@`: what the line wrote there, what comes in, or nothing that can be read. */
export function contentOf(path: string, scope: Scope, input: Text | undefined): string | undefined {
  return path === "-" || path === "/dev/stdin" ? input?.known : scope.files.get(path);
}

function body(option: string, value: string, scope: Scope, input: Text | undefined) {
  if (option === "--data-raw" || option === "--form-string") return value;
  const at =
    option === "-F" || option.startsWith("--form") || option === "--data-urlencode"
      ? /^[^=@]*=?[@<](.+)$/.exec(value)?.[1]
      : /^@(.+)$/.exec(value)?.[1];
  return at === undefined ? value : contentOf(at.replace(/;type=.*$/, ""), scope, input);
}

function take(given: Given, option: string, value: string, scope: Scope, input: Text | undefined) {
  if (option === "-X" || option === "--request") given.method = value.toUpperCase();
  else if (option === "--url") given.urls.push(value);
  else if (option === "-K" || option === "--config") given.configs.push(value);
  else if (option === "-T" || option === "--upload-file") {
    given.bodies.push(contentOf(value, scope, input));
    given.method ??= "PUT";
  } else if (/^(?:-d|-F|--data(?:-[a-z]+)?|--json|--form(?:-string)?|--url-query)$/.test(option)) {
    if (option !== "--url-query") given.bodies.push(body(option, value, scope, input));
  }
}

function read(argv: readonly string[], scope: Scope, input: Text | undefined): Given {
  const given: Given = { method: undefined, isGet: false, urls: [], bodies: [], configs: [] };
  for (let at = 1; at < argv.length; at += 1) {
    const arg = argv[at] ?? "";
    if (!arg.startsWith("-") || arg === "-") given.urls.push(arg);
    else if (arg.startsWith("--")) {
      const isValued = longValued.test(arg);
      if (arg === "--get") given.isGet = true;
      if (arg === "--head") given.method ??= "HEAD";
      if (isValued) take(given, arg, argv[(at += 1)] ?? "", scope, input);
    } else {
      const letters = arg.slice(1);
      const end = letters.split("").findIndex((letter) => valued.has(letter));
      const plain = end === -1 ? letters : letters.slice(0, end);
      if (plain.includes("G")) given.isGet = true;
      if (plain.includes("I")) given.method ??= "HEAD";
      if (end !== -1) {
        const attached = letters.slice(end + 1);
        take(
          given,
          `-${letters[end]}`,
          attached === "" ? (argv[(at += 1)] ?? "") : attached,
          scope,
          input,
        );
      }
    }
  }
  return given;
}

/** What of a request goes out, for every address that it could go to. */
export function sent(requests: readonly Request[], words: string): readonly Found[] {
  for (const request of requests) {
    const found = requested(request);
    if (found !== undefined) return [found];
    const isChanging = ["POST", "PUT", "PATCH"].includes(request.method);
    // Where it goes is not known, and its words say that it is RunPod.
    if (isUnknown(request.url) && !isRunPods(request.url) && isChanging && mentionsRunPod(words)) {
      const likely = requested({ ...request, url: likelyUrl(request.url) });
      if (likely !== undefined) return [likely];
    }
  }
  return [];
}

function likelyUrl(url: string): string {
  const path = /\uE000((?:\/[\w.-]+)+)$/.exec(url)?.[1];
  return `https://rest.runpod.io${path ?? "/unknown"}`;
}

export function curl(
  argv: readonly string[],
  scope: Scope,
  input: Text | undefined,
): readonly Found[] {
  const given = read(argv, scope, input);
  const words = argv.join(" ");
  for (const path of given.configs) {
    const config = contentOf(path, scope, input);
    const seen = config ?? (path === "-" ? (input?.seen ?? "") : "");
    if (looksMutating(`${seen} ${words}`) || (mentionsRunPod(words) && config === undefined))
      return [unreadable("curl")];
  }
  const hasBody = given.bodies.length > 0 && !given.isGet;
  const method = given.method ?? (hasBody ? "POST" : "GET");
  const isRead = given.bodies.every((each) => each !== undefined);
  const whole = isRead ? given.bodies.join("&") : undefined;
  const own = given.isGet ? ownMutation(words) : undefined;
  if (own !== undefined) return [own];
  return sent(
    given.urls.map((url) => ({ method, url, body: whole })),
    words,
  );
}

export function unreadable(program: string): Found {
  return {
    kind: "creates",
    what: "something",
    because: `what ${program} sends to RunPod cannot be read from the command`,
  };
}
