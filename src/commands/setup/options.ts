import { listenOf } from "#config/http/listen.ts";
import { expandHome } from "#config/paths.ts";
import { UserError } from "#errors.ts";
import type { ChannelType } from "#notify/settings.ts";
import { holdsSecret } from "#config/url.ts";
import type { GlobalOptions } from "#terminal/context.ts";
import { parseCaps } from "./answers/launch-caps.ts";
import type { Given, GivenChannel } from "./given.ts";
import { channelTypes } from "./steps/channel-questions.ts";
import { splitWords } from "./steps/split-words.ts";
import { refuseContradictions, type TypedOption } from "./typed-options.ts";

/** As commander gives them: `false` of one that has a `--no-` form. */
export interface SetupOptions extends GlobalOptions {
  /** All of them as they were typed. */
  readonly typed?: readonly TypedOption[];
  readonly yes: boolean;
  readonly apiKeyFile?: string;
  readonly apiKeyStdin: boolean;
  readonly thresholds?: string;
  readonly protect?: string | false;
  readonly channel?: string;
  readonly channelSet?: readonly string[];
  readonly notifyCommand?: string;
  readonly test?: boolean;
  readonly idle?: string;
  readonly launch?: string | false;
  readonly heartbeatFile?: string;
  readonly heartbeatEnv?: string;
  readonly heartbeat?: boolean;
  /** An address, or true for the proposed one. */
  readonly page?: string | boolean;
  readonly service?: boolean;
  readonly runpodUrl?: string;
  readonly restUrl?: string;
}

/** What the options answer. Throws a UserError that says which of them is wrong. */
export function givenBy(options: SetupOptions): Given {
  const { idle, protect, apiKeyFile, apiKeyStdin } = options;
  refuseContradictions(options.typed ?? []);
  refuseOpenAddress("--runpod-url", options.runpodUrl);
  refuseOpenAddress("--rest-url", options.restUrl);
  if (apiKeyFile !== undefined && apiKeyStdin) {
    throw wrong("--api-key-file and --api-key-stdin cannot be used together.", "Use one of them.");
  }
  if (idle !== undefined && idle !== "stop" && idle !== "notify") {
    throw wrong(`--idle must be stop or notify (it is ${JSON.stringify(idle)}).`);
  }
  return {
    apiKeyFile: apiKeyFile === undefined ? undefined : lastingPath(apiKeyFile),
    apiKeyStdin,
    thresholds: options.thresholds,
    protect:
      protect === undefined
        ? undefined
        : (protect || "")
            .split(",")
            .map((each) => each.trim())
            .filter((each) => each !== ""),
    channel: channelGiven(options),
    // Commander says true where neither form was given.
    test: options.test === false ? false : undefined,
    idle,
    launch: launchGiven(options),
    heartbeat: heartbeatGiven(options),
    page: pageGiven(options),
    service: options.service,
  };
}

function channelGiven({
  channel,
  channelSet = [],
  notifyCommand,
}: SetupOptions): GivenChannel | undefined {
  if (notifyCommand !== undefined && channel !== undefined && channel !== "command") {
    throw wrong("--notify-command goes with --channel command only.");
  }
  if (notifyCommand !== undefined || channel === "command") {
    return { kind: "command", command: commandGiven(notifyCommand) };
  }
  if (channel === undefined || channel === "none") {
    if (channelSet.length > 0) {
      throw wrong("--channel-set says something of a channel, and --channel names none.");
    }
    return channel === undefined ? undefined : { kind: "none" };
  }
  const type = channelTypes.find(({ value }) => value === channel)?.value;
  if (type === undefined) {
    const types = [...channelTypes.map(({ value }) => value), "command", "none"].join(", ");
    throw wrong(`--channel must be one of ${types} (it is ${JSON.stringify(channel)}).`);
  }
  return { kind: "channel", type, entry: entryGiven(type, channelSet) };
}

function commandGiven(text: string | undefined): readonly string[] {
  if (text === undefined) {
    throw wrong(
      "--channel command needs the command.",
      "Give it in quotes: --notify-command 'notify-send RunPod {message}'",
    );
  }
  if (text.trim().startsWith("[")) return listGiven(text);
  const words = splitWords(text);
  if ("words" in words) return words.words;
  throw wrong(`--notify-command: ${words.fault}`);
}

function listGiven(text: string): readonly string[] {
  try {
    const list: unknown = JSON.parse(text);
    if (Array.isArray(list) && list.length > 0 && list.every((each) => typeof each === "string")) {
      return list;
    }
  } catch {
    // Said below.
  }
  throw wrong(`--notify-command must be a list of texts, as JSON, or words.`);
}

const listKeys: readonly string[] = ["to", "events"];
const numberKeys: readonly string[] = ["timeout_seconds"];
/** In the list of running programs everybody on this machine could read them. */
const secretKeys = /^(token|webhook_url|bot_token|smtp_url|app_token|user_key|secret|headers\..*)$/;

function entryGiven(
  type: ChannelType,
  settings: readonly string[],
): Readonly<Record<string, unknown>> {
  const entry: Record<string, unknown> = {};
  const bySetting = new Map<string, string>();
  for (const setting of settings) {
    const at = setting.indexOf("=");
    const [key, text] = [setting.slice(0, Math.max(0, at)), setting.slice(at + 1)];
    if (!/^[a-z_]+(\.[\w-]+)?$/.test(key)) {
      throw wrong(
        "--channel-set wants KEY=VALUE, KEY as the config has it.",
        "For example: --channel-set chat_id=12345",
      );
    }
    const what = key.replace(/_(env|file)$/, "");
    const before = bySetting.get(what);
    if (before !== undefined && before !== setting) {
      const keys = [...new Set([before.slice(0, before.indexOf("=")), key])];
      throw wrong(
        keys.length === 1
          ? `--channel-set ${key} is given twice, and not with the same words.`
          : `--channel-set ${keys.join(" and --channel-set ")} cannot be used together.`,
        "Use one of them. Nothing was written.",
      );
    }
    bySetting.set(what, setting);
    const isSecret =
      (secretKeys.test(key) && !/_(env|file)$/.test(key)) || (key === "url" && type !== "gotify");
    if (isSecret) {
      throw wrong(
        `--channel-set ${key}: is a secret, and everybody on this machine can read the arguments of a program.`,
        `Put it into a file or a variable: --channel-set ${key}_file=FILE, or ${key}_env=NAME`,
      );
    }
    refuseOpenAddress(`--channel-set ${key}`, text);
    if (key.endsWith("_env")) refuseNoName(`--channel-set ${key}`, text);
    const value = listKeys.includes(key)
      ? text.split(",").map((each) => each.trim())
      : numberKeys.includes(key)
        ? Number(text)
        : key.endsWith("_file")
          ? lastingPath(text)
          : text;
    const [outer = "", inner] = key.split(/\.(.*)/s);
    if (inner === undefined) entry[outer] = value;
    else entry[outer] = { ...(entry[outer] as object | undefined), [inner]: value };
  }
  return entry;
}

/** All four or none: nobody may start what no limit was set to. */
function launchGiven({ launch }: SetupOptions): Given["launch"] {
  if (launch === undefined) return undefined;
  if (launch === false) return "none";
  const parsed = parseCaps(launch);
  if ("caps" in parsed) return parsed.caps;
  throw wrong(`--launch: ${parsed.fault}`, "For example: --launch 5,8,4,6. Nothing was written.");
}

function heartbeatGiven({
  heartbeat,
  heartbeatEnv,
  heartbeatFile,
}: SetupOptions): Given["heartbeat"] {
  if (heartbeatEnv !== undefined) {
    refuseNoName("--heartbeat-env", heartbeatEnv);
    return { url_env: heartbeatEnv };
  }
  if (heartbeatFile !== undefined) return { url_file: lastingPath(heartbeatFile) };
  return heartbeat === false ? "none" : undefined;
}

function pageGiven({ page }: SetupOptions): Given["page"] {
  if (page === undefined) return undefined;
  if (page === false) return "none";
  if (page === true) return { listen: undefined };
  const where = listenOf(page);
  if (where.kind === "listen") return { listen: page };
  throw wrong(`--page ${where.because} (it is ${JSON.stringify(page)}).`);
}

/** An address with a password in it, or with a token behind its `?`, is a secret like any other. */
function refuseOpenAddress(option: string, text: string | undefined): void {
  if (text === undefined || !holdsSecret(text)) return;
  const hint = option.startsWith("--channel-set")
    ? "Leave it out of the address."
    : `Write it into ${option.slice(2).replace("-", "_")} in the config instead, which only you can read.`;
  throw wrong(
    `${option}: the address holds a user name, a password or a token, and everybody on this machine can read the arguments of a program.`,
    `${hint} Nothing was written.`,
  );
}

/** Whoever gives the secret in place of the variable's name is told so, and it is not shown. */
function refuseNoName(option: string, text: string): void {
  if (/^[A-Za-z_]\w*$/.test(text)) return;
  throw wrong(
    `${option} wants the name of a variable, and this is none.`,
    "Put the secret into a variable or a file, and name that. Nothing was written.",
  );
}

/** A service works in another folder than the shell that this was typed in. */
function lastingPath(path: string): string {
  return path === "~" || path.startsWith("~/") ? path : expandHome(path);
}

/** What a script has to say, and has not. */
export function missingAnswers(
  given: Given,
  {
    takesProposals,
    hasKey,
    isToldAlready,
  }: {
    readonly takesProposals: boolean;
    readonly hasKey: boolean;
    readonly isToldAlready: boolean;
  },
): readonly string[] {
  const needed: readonly (readonly [isMissing: boolean, option: string])[] = [
    [
      !hasKey && given.apiKeyFile === undefined && !given.apiKeyStdin,
      "--api-key-file FILE, or --api-key-stdin",
    ],
    [
      given.channel === undefined && !(takesProposals && isToldAlready),
      "--channel TYPE with its --channel-set KEY=VALUE, or --channel none",
    ],
  ];
  const proposed: readonly (readonly [isMissing: boolean, option: string])[] = [
    [given.thresholds === undefined, "--thresholds DOLLARS,DOLLARS,..."],
    [given.protect === undefined, "--protect POD,POD, or --no-protect"],
    [given.idle === undefined, "--idle stop, or --idle notify"],
    [
      given.heartbeat === undefined,
      "--heartbeat-file FILE, --heartbeat-env NAME, or --no-heartbeat",
    ],
    [given.service === undefined, "--service, or --no-service"],
  ];
  return [...needed, ...(takesProposals ? [] : proposed)].flatMap(([isMissing, option]) =>
    isMissing ? [option] : [],
  );
}

function wrong(message: string, hint?: string): UserError {
  return new UserError(message, hint === undefined ? {} : { hint });
}
