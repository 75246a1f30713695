import { UserError } from "#errors.ts";

/** A setting of a unit, such as `UMask=0077`. */
export interface UnitSetting {
  readonly key: string;
  readonly value: string;
}

/** The settings of a unit's [Service], those of its drop-ins after them; an empty value takes back the earlier ones. */
export function serviceSettings(texts: readonly string[]): readonly UnitSetting[] {
  let settings: UnitSetting[] = [];
  for (const setting of texts.flatMap(settingsIn)) {
    if (setting.value === "") settings = settings.filter(({ key }) => key !== setting.key);
    else settings.push(setting);
  }
  return settings;
}

function settingsIn(text: string): readonly UnitSetting[] {
  let section = "";
  return text
    .replaceAll(/\\\n/g, " ")
    .split("\n")
    .flatMap((raw) => {
      const line = raw.trim();
      if (line.startsWith("[")) section = line;
      const at = line.indexOf("=");
      if (section !== "[Service]" || /^[#;[]/.test(line) || at < 1) return [];
      return [{ key: line.slice(0, at).trim(), value: line.slice(at + 1).trim() }];
    });
}

/** Puts in what systemd puts in for `%h` and its like. Throws a UserError on one that is not known here. */
export function withSpecifiers(
  value: string,
  known: Readonly<Record<string, string | undefined>>,
): string {
  return value.replace(/%(.)/g, (found, letter: string) => {
    const put = letter === "%" ? "%" : known[letter];
    if (put !== undefined) return put;
    throw new UserError(`The unit has ${found} in "${value}", which cannot be put in here.`, {
      hint: "Rehearse with systemd-run by hand: see docs/service.md.",
    });
  });
}
