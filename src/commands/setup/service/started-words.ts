import { serviceSettings, wordsIn } from "#commands/unit-file.ts";

/** What an installed service starts, word by word; empty for a text that does not say it. */
export type StartedWords = (text: string, home: string) => readonly string[];

/** Of a unit for systemd. What stands for more than the home folder stays as it is: `%t/…` and the like. */
export const unitWords: StartedWords = (text, home) => {
  const start = serviceSettings([text]).findLast(({ key }) => key === "ExecStart")?.value ?? "";
  const put: Readonly<Record<string, string>> = { "%h": home, "%%": "%", $$: "$" };
  try {
    return wordsIn(start).map((word) =>
      word.replaceAll(/%h|%%|\$\$/g, (found) => put[found] ?? ""),
    );
  } catch {
    return [];
  }
};

/** Of a launch agent. */
export const agentWords: StartedWords = (text) => {
  const list = /<key>ProgramArguments<\/key>\s*<array>(.*?)<\/array>/s.exec(text)?.[1] ?? "";
  return [...list.matchAll(/<string>([^<]*)<\/string>/g)].map(([, word = ""]) =>
    word
      .replaceAll("&#13;", "\r")
      .replaceAll("&lt;", "<")
      .replaceAll("&gt;", ">")
      .replaceAll("&amp;", "&"),
  );
};
