import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { glimpseOf } from "#config/reading/lenient.ts";
import { tempFolder } from "../../temp-folder.ts";

it.each<[string, object, readonly string[]]>([
  [
    "by their names, else their types",
    { notify: [{ type: "ntfy" }, { name: "ops" }] },
    ["ntfy", "ops"],
  ],
  ["and the notify command", { extra_notify_command: ["tell"] }, ["command"]],
  ["but no command that is empty", { extra_notify_command: [] }, []],
  ["whatever else stands there", { notify: [null, 3, { type: 4 }], extra_notify_command: "x" }, []],
  ["not as a list", { notify: { type: "ntfy" } }, []],
])("channels are seen at a glance %s", async (_, config, names) => {
  const path = join(tempFolder(), "config.json");
  writeFileSync(path, JSON.stringify(config));

  expect((await glimpseOf(path)).channelNames).toEqual(names);
});
