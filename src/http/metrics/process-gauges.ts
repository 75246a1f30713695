import { readdirSync } from "node:fs";
import { gauge } from "./gauge.ts";
import type { Family } from "./text-format.ts";

const folderOfOpenFiles = "/proc/self/fd";

/** This process, under the names that all programs give these. */
export function processGauges(): readonly Family[] {
  const { user, system } = process.cpuUsage();
  const { rss, heapUsed } = process.memoryUsage();
  return [
    {
      name: "process_cpu_seconds_total",
      type: "counter",
      help: "Time of the processor that was used, by itself and for it by the system.",
      samples: [{ value: (user + system) / 1_000_000 }],
    },
    gauge("process_resident_memory_bytes", "Memory in use.", rss),
    gauge(
      "process_start_time_seconds",
      "When this process started.",
      performance.timeOrigin / 1_000,
    ),
    gauge("process_open_fds", "Files and connections that are open.", openFiles()),
    gauge("nodejs_heap_size_used_bytes", "Memory in use by what the program has made.", heapUsed),
  ];
}

/** Unknown where there is no /proc. The folder itself is open while it is read. */
function openFiles(): number | undefined {
  try {
    return readdirSync(folderOfOpenFiles).length - 1;
  } catch {
    return undefined;
  }
}
