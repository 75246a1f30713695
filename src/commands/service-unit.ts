/** What a unit for a single drill is started with. */
export interface DrillUnit {
  /** `Key=value`, as systemd-run takes them. */
  readonly properties: readonly string[];
  readonly argv: readonly string[];
}

/** What belongs to a daemon and not to a program that runs once. */
const ofDaemons = new Set([
  "Type",
  "NotifyAccess",
  "WatchdogSec",
  "WatchdogSignal",
  "ExecStart",
  "ExecReload",
  "Restart",
  "RestartSec",
  "SuccessExitStatus",
  "SyslogIdentifier",
  "StandardOutput",
  "StandardError",
]);

/**
 * A unit for a drill, with the settings of a unit file for `runpodboss watch`: the same environment,
 * restrictions and command, which drills instead of watching. Undefined when it does not watch.
 */
export function drillUnit(
  unitFile: string,
  home: string,
  args: readonly string[],
): DrillUnit | undefined {
  const settings = serviceSettings(unitFile).map(({ key, value }) => ({
    key,
    value: withoutSpecifiers(value, home),
  }));
  const start = settings.findLast(({ key }) => key === "ExecStart");
  const words = start?.value.trim().split(/\s+/) ?? [];
  const at = words.lastIndexOf("watch");
  if (at === -1) return undefined;
  const properties = settings
    .filter(({ key }) => !ofDaemons.has(key))
    .map(({ key, value }) => `${key}=${value}`);
  const argv = [...words.slice(0, at), "drill", ...args, ...words.slice(at + 1)];
  return { properties, argv };
}

interface Setting {
  readonly key: string;
  readonly value: string;
}

/** What stands under [Service], a line that ends in a backslash with the next. */
function serviceSettings(unitFile: string): readonly Setting[] {
  let section = "";
  const settings: Setting[] = [];
  for (const line of unitFile.replaceAll(/\\\r?\n/g, " ").split(/\r?\n/)) {
    section = /^\[(.+)\]\s*$/.exec(line)?.[1] ?? section;
    const [, key, value] = /^([A-Z]\w*)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (section === "Service" && key !== undefined && value !== undefined) {
      settings.push({ key, value });
    }
  }
  return settings;
}

/** systemd fills them in in files only. */
function withoutSpecifiers(value: string, home: string): string {
  return value.replaceAll(/%([%h])/g, (_all, what) => (what === "h" ? home : "%"));
}
