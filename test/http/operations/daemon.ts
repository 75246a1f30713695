import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { createClock } from "#clock.ts";
import { loadConfig } from "#config/load.ts";
import type { Settings } from "#config/settings.ts";
import { createTurns } from "#effects/turns.ts";
import { decide } from "#guard/decide.ts";
import type { EndAction, Look, Measured, Pod, PodSample } from "#guard/model/account.ts";
import { emptyState, type GuardState, type Input } from "#guard/model/state.ts";
import { runNameOf } from "#guard/pods/run/run-name.ts";
import type { OperationAnswer } from "#http/contract/operation.ts";
import type { Asked } from "#http/deps.ts";
import { createAskedEnds } from "#http/operations/asked-ends.ts";
import { createOperations } from "#http/operations/create-operations.ts";
import { liveOf } from "#wiring/live.ts";
import type { Paces } from "#paces.ts";
import type { Account, EndAnswer } from "#ports.ts";
import { identityOf } from "#process/identity.ts";
import type { DaemonMemory } from "#report/daemon-snapshot.ts";
import { readHistory } from "#store/history/history-reading.ts";
import { createLeaseFile } from "#store/lease-file.ts";
import { type AskedEndsFile, createAskedEndsFile } from "#store/asked-ends-file.ts";
import { askedEndsFileOf, historyFileOf, leaseFileOf } from "#store/paths.ts";
import { keptLog } from "../../effects/samples.ts";
import { hourMs, minuteMs, pod, seen } from "../../guard/samples.ts";
import { shortPaces } from "../../short-paces.ts";
import { tempFolder } from "../../temp-folder.ts";

/** An account that does what it is asked to, unless the test says otherwise. */
interface Model {
  pods: Pod[];
  /** When each was started. */
  readonly startedAtMs: Map<string, number>;
  readonly asked: string[];
  looks: number;
  isBlind: boolean;
  /** RunPod says yes, and the pod runs on. */
  isLying: boolean;
  /** What a poll waits for before it is answered. */
  beforeLook: () => Promise<unknown>;
  /** What the end waits for before it is answered; it has happened by then. */
  afterEnd: () => Promise<unknown>;
}

interface Given {
  readonly pods?: readonly Pod[];
  readonly config?: object;
  readonly dryRun?: boolean;
  readonly paces?: Partial<Paces>;
  /** Not polled before the test asks for it. */
  readonly isNew?: boolean;
  /** Where ends that were asked for are written down; a file beside the state unless given. */
  readonly file?: AskedEndsFile;
  /** Throws, where the test says so. */
  readonly onNote?: () => void;
}

/** RunPod is a part of this process: nothing has to be waited for. */
const quickPaces: Paces = {
  ...shortPaces,
  proof: { acceptedMs: [0, 1, 2], failedMs: [0, 1], readOnlyKeyMs: [0], missingMs: 0 },
  endByHandRetryMs: 0,
};

/** A daemon without its loop: its memory, its files, and what a person can ask of it. */
export async function daemonWith({ pods = [pod()], ...given }: Given = {}) {
  const settings = await settingsOf(given.config ?? {});
  const paces = { ...quickPaces, ...given.paces };
  const clock = createClock();
  const live = liveOf({ ...settings, dryRun: given.dryRun ?? false }, clock, paces);
  const model: Model = {
    pods: [...pods],
    startedAtMs: new Map(pods.map(({ id }) => [id, Date.now() - hourMs])),
    asked: [],
    looks: 0,
    isBlind: false,
    isLying: false,
    beforeLook: () => Promise.resolve(),
    afterEnd: () => Promise.resolve(),
  };
  const account = accountOf(model);
  let state: GuardState = emptyState;
  const take = (input: Input): void => {
    ({ state } = decide(state, input, live.policy()));
  };
  const leases = createLeaseFile(leaseFileOf(settings.stateFile), identityOf);
  const readLeases = async () => {
    const book = await leases.read().catch(() => "unknown" as const);
    take({ kind: "leases", atMs: Date.now(), book });
    return book;
  };
  const poll = async (atMs = Date.now()): Promise<void> => {
    await readLeases();
    const never = new AbortController().signal;
    take({ kind: "look", look: { ...(await account.look(never)), atMs } });
    take({ kind: "measured", measured: { ...(await account.measure(never)), atMs }, activity: {} });
  };
  let wishes = 0;
  const memory: DaemonMemory = {
    clock,
    settings: live.settings,
    policy: live.policy,
    state: () => state,
    account,
    proving: account,
    readLeases,
    wishForPoll: () => void (wishes += 1),
  };
  const interrupting = new AbortController();
  const turns = createTurns(clock);
  const { log, entries } = keptLog();
  const changes: OperationAnswer[] = [];
  const notes: { readonly podId: string; readonly because: string; readonly isTold: boolean }[] =
    [];
  const goodAgain: (readonly [mark: string, operationId: string | undefined])[] = [];
  const askedEnds = askedEndsFileOf(settings.stateFile);
  const operations = createOperations({
    memory,
    turns,
    paces,
    log,
    redact: live.redact,
    interrupted: interrupting.signal,
    onChange: (operation) => void changes.push(operation),
    askedEnds:
      given.dryRun === true
        ? undefined
        : createAskedEnds(given.file ?? createAskedEndsFile(askedEnds), clock),
    note: async ({ podId }, because, isTold) => {
      given.onNote?.();
      notes.push({ podId, because, isTold });
    },
    giveBack: async (...given) => goodAgain.push(given),
  });
  onTestFinished(() => interrupting.abort());
  if (given.isNew !== true) await poll(Date.now() - 5 * minuteMs);

  return {
    operations,
    model,
    live,
    settings,
    turns,
    entries,
    changes,
    notes,
    /** The buttons that a restart has made good again. */
    goodAgain,
    askedEnds,
    poll,
    take,
    leases,
    state: () => state,
    /** How often the loop was asked for a poll. */
    wishes: () => wishes,
    interrupt: () => interrupting.abort(),
    run: (podId = "p1") => {
      const found = state.runs[podId];
      return found && runNameOf(found);
    },
    ask: (asked: Partial<Asked> = {}) =>
      operations.begin({ action: "stop", podId: "p1", by: "on the page", ...asked }),
    /** Asks, and waits until nothing runs any more. */
    async did(asked: Partial<Asked> = {}) {
      const begun = await this.ask(asked);
      await operations.idle();
      return operations.of(begun.id) ?? begun;
    },
    history: async () => (await readHistory(historyFileOf(settings.stateFile), 0)).records,
  };
}

export async function settingsOf(config: object): Promise<Settings> {
  const folder = tempFolder();
  const path = join(folder, "config.json");
  const text = JSON.stringify({
    state_file: join(folder, "state.json"),
    claude_command: [],
    thresholds: [{ name: "low", below_usd: 1, prompt: "look" }],
    guards: {
      lease: { default_hours: 4, max_hours: 8 },
      idle: { after_minutes: 30 },
    },
    ...config,
  });
  writeFileSync(path, text, { mode: 0o600 });
  return loadConfig(path, { RUNPOD_API_KEY: "a-key-for-tests" }, shortPaces);
}

function accountOf(model: Model): Account {
  return {
    async look(): Promise<Look> {
      model.looks += 1;
      await model.beforeLook();
      const atMs = Date.now();
      if (model.isBlind) {
        return { kind: "blind", atMs, cause: "unreachable", because: "connection refused" };
      }
      const burnPerHrUsd = model.pods
        .filter(({ status }) => status === "running")
        .reduce((sum, { costPerHrUsd = 0 }) => sum + costPerHrUsd, 0);
      return seen({ atMs, burnPerHrUsd, pods: [...model.pods] });
    },
    measure: (): Promise<Measured> =>
      Promise.resolve({
        kind: "measured",
        atMs: Date.now(),
        samples: model.pods
          .filter(({ status }) => status === "running")
          .map(({ id }): PodSample => {
            const bootedAtMs = model.startedAtMs.get(id);
            return {
              podId: id,
              bootedAtMs,
              lastStartedAtMs: bootedAtMs,
              takenAtMs: Date.now(),
              cpuPercent: 1,
              gpuPercents: [0],
              gpuMemoryPercents: [0],
              gpuType: "A40",
              region: "EU-RO-1",
            };
          }),
      }),
    async end({ id }, action: EndAction): Promise<EndAnswer> {
      model.asked.push(`${action} ${id}`);
      if (!model.isLying) {
        model.pods = model.pods.flatMap((each) => {
          if (each.id !== id) return [each];
          return action === "stop" ? [{ ...each, status: "stopped", word: "EXITED" }] : [];
        });
      }
      await model.afterEnd();
      return { kind: "accepted" };
    },
  };
}
