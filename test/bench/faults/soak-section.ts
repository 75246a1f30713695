import type { Section } from "./section.ts";
import { soak } from "./soak.ts";
import { table } from "./table.ts";

/** Flat: what grows by less than this over a whole run does not grow. */
const slack = { heap: 1.05, rss: 1.15 } as const;

export async function soakSection(polls: number): Promise<Section> {
  const warmUpPolls = Math.floor(polls / 12);
  const soaked = await soak({ polls, warmUpPolls, cyclePolls: 1_440 });
  const { memory, logged, tookMs, fileBytes, handlesLeft, childrenLeft, warnings } = soaked;
  const [first, last] = [memory[0], memory.at(-1)];
  if (first === undefined || last === undefined) throw new Error("no memory was measured");
  const said = (message: string): string => String(logged[message] ?? 0);
  const sizes = Object.entries(fileBytes).sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    title: "Soak",
    text: [
      `${polls} polls, a minute apart on compressed time, against a simulator in another process; every day a top-up, three crossings with agents that fail, lie and hang, a backstop, and twelve times a broken answer; every other day an outage. Nothing is compiled by V8 on the way, so that the heap is the guard's own. ${Math.round(polls / (tookMs / 1000))} polls a second.`,
      table(
        ["Polls", "resident MiB", "heap MiB"],
        memory.map((each) => [String(each.polls), mib(each.rssBytes), mib(each.heapBytes)]),
      ),
      table(
        ["looks", "failed", "trips", "notices sent", "agent failures", "pods ended"],
        [
          [
            said("polled"),
            said("poll failed; nothing decided"),
            said("threshold tripped"),
            said("notify command done"),
            said("agent failed"),
            said("pod ended"),
          ],
        ],
      ),
      table(
        ["File", "bytes"],
        sizes.map(([name, bytes]) => [name, String(bytes)]),
      ),
      `Left at the end: ${handlesLeft.length} open handles, ${childrenLeft} children, ${warnings.length} warnings of Node.`,
    ].join("\n\n"),
    shortfalls: [
      ...(last.heapBytes > first.heapBytes * slack.heap ? ["the heap grows"] : []),
      ...(last.rssBytes > first.rssBytes * slack.rss ? ["the resident memory grows"] : []),
      ...handlesLeft.map((handle) => `left open: ${handle}`),
      ...(childrenLeft > 0 ? [`${childrenLeft} children left`] : []),
      ...warnings,
      ...sizes.flatMap(([name, bytes]) => (bytes > 10_000_000 ? [`${name} is too long`] : [])),
    ],
  };
}

function mib(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(1);
}
