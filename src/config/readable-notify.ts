import { getNodeValue, type Node, type ParseError, parseTree } from "jsonc-parser";
import { channelSchema, heartbeatSchema } from "#config/channels/notify-schema.ts";
import { withoutNotes } from "#config/reading/jsonc.ts";
import { usualPlacesOf } from "#config/accounts/account.ts";
import { expandHome, withProgram } from "./paths.ts";
import { type ConfigFile, configSchema } from "./schema.ts";

/** How people, and whoever listens for the heartbeat, can be told, as far as that stands in a config. */
export interface ReadableNotify {
  /** Empty: none. */
  readonly notifyCommand: readonly string[];
  /** The channels and the heartbeat as they stand there, for `findChannels`. */
  readonly notify: readonly unknown[];
  readonly heartbeat: unknown;
  readonly notifyTimeoutMs: number;
  readonly stateFile: string;
  /** The variable that may hold the API key. */
  readonly apiKeyEnv: string | undefined;
  /** What else says where the key is. */
  readonly keySettings: Pick<ConfigFile, "api_key" | "api_key_file" | "api_key_env">;
}

/**
 * The notify command, the channels and the heartbeat of a config that may be wrong in any other way. The command is the
 * general one, else that of the last threshold that has one. Taken is only what stands there whole and
 * once; undefined when nothing does, and for a dry run.
 */
export function readableNotify(text: string, configPath: string): ReadableNotify | undefined {
  const errors: ParseError[] = [];
  const root = parseTree(text.replace(/^\uFEFF/, ""), errors, { allowTrailingComma: true });
  if (root?.type !== "object") return undefined;
  const wholeAt = (path: readonly (string | number)[]): unknown => {
    const node = onlyAt(root, path);
    return node !== undefined && isWhole(node, errors)
      ? (getNodeValue(node) as unknown)
      : undefined;
  };
  if (wholeAt(["dry_run"]) === true) return undefined;
  const thresholds = onlyAt(root, ["thresholds"])?.children?.length ?? 0;
  const commands = [
    wholeAt(["extra_notify_command"]),
    ...Array.from({ length: thresholds }, (_, n) =>
      wholeAt(["thresholds", thresholds - 1 - n, "extra_notify_command"]),
    ),
  ];
  const { api_key_env, extra_notify_command, notify_timeout_seconds, state_file } =
    configSchema.shape;
  const notifyCommand =
    commands
      .map((found) => extra_notify_command.safeParse(found).data ?? [])
      .find((command) => command.length > 0) ?? [];
  const notify = channelsIn(onlyAt(root, ["notify"]), errors);
  const heartbeat = heartbeatIn(onlyAt(root, ["heartbeat"]), errors);
  if (notifyCommand.length === 0 && notify.length === 0 && heartbeat === undefined)
    return undefined;
  const seconds = notify_timeout_seconds.safeParse(wholeAt(["notify_timeout_seconds"]));
  const textAt = (key: string) => api_key_env.safeParse(wholeAt([key])).data ?? undefined;
  const apiKeyEnv = textAt("api_key_env");
  return {
    apiKeyEnv,
    keySettings: {
      api_key: textAt("api_key"),
      api_key_file: textAt("api_key_file"),
      api_key_env: apiKeyEnv,
    },
    notifyCommand: withProgram(notifyCommand),
    notify,
    heartbeat,
    notifyTimeoutMs: (seconds.data ?? notify_timeout_seconds.parse(undefined)) * 1_000,
    stateFile: expandHome(
      state_file.safeParse(wholeAt(["state_file"])).data || usualPlacesOf(configPath).state,
    ),
  };
}

function channelsIn(list: Node | undefined, errors: readonly ParseError[]): readonly unknown[] {
  const entries = list?.type === "array" ? (list.children ?? []) : [];
  return entries
    .flatMap((entry) => wholeValue(entry, errors) ?? [])
    .filter((entry) => channelSchema.safeParse(entry).success);
}

function heartbeatIn(node: Node | undefined, errors: readonly ParseError[]): unknown {
  const entry = node && wholeValue(node, errors);
  return heartbeatSchema.safeParse(entry).success ? entry : undefined;
}

function wholeValue(node: Node, errors: readonly ParseError[]): unknown {
  if (!isWhole(node, errors) || hasKeyTwice(node)) return undefined;
  return withoutNotes(getNodeValue(node));
}

function hasKeyTwice({ type, children = [] }: Node): boolean {
  const keys = type === "object" ? children.map((each) => String(each.children?.[0]?.value)) : [];
  return new Set(keys).size < keys.length || children.some(hasKeyTwice);
}

/** Undefined as well where a key on the way stands twice: nobody knows which of them is meant. */
function onlyAt(root: Node, path: readonly (string | number)[]): Node | undefined {
  return path.reduce<Node | undefined>((node, key) => {
    if (typeof key === "number") return node?.children?.[key];
    const found = node?.children?.filter(({ children }) => children?.[0]?.value === key) ?? [];
    return found.length === 1 ? found[0]?.children?.[1] : undefined;
  }, root);
}

/** Whether no mistake stands in it, and none has cut it short. */
function isWhole({ offset, length }: Node, errors: readonly ParseError[]): boolean {
  return errors.every((error) => error.offset < offset || error.offset > offset + length);
}
