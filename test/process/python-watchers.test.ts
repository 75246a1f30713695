import { describe, expect, it } from "vitest";
import { isPythonWatcher } from "#process/python-watchers.ts";

describe("a watcher of the Python tool is known by its command line", () => {
  it.each<[string, boolean]>([
    ["/usr/bin/python3 /home/me/.local/bin/runpodboss watch", true],
    ["python3.12 -m runpodboss watch -c /etc/boss.json", true],
    ["/opt/venv/bin/python -m runpodboss.cli watch", true],
    ["python3 runpodboss.py watch", true],
    ["python3 /home/me/.local/bin/runpodboss check", false],
    ["/usr/bin/node /usr/bin/runpodboss watch", false],
    ["python3 train.py watch", false],
    ["vim runpodboss watch", false],
    ["python3 my-runpodboss watch", false],
    ["", false],
  ])("%s: %s", (line, expected) => {
    expect(isPythonWatcher(line.split(" "))).toBe(expected);
  });
});
