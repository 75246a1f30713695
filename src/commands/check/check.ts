import { lineWords } from "#guard/account/lines/line.ts";
import { claudeIn } from "#agent/claude-in.ts";
import { setsPermissions } from "#agent/claude-options.ts";
import { toolWords } from "#agent/tool-warnings.ts";
import type { AgentTools } from "#agent/ways.ts";
import { createClock } from "#clock.ts";
import { cannotLook } from "#report/account-error.ts";
import { agentToolsFor } from "#commands/agent-tools.ts";
import { missingPrograms } from "#commands/missing-programs.ts";
import { runnerFor } from "#commands/runner-for.ts";
import { unreadBy } from "#config/in-force.ts";
import { loadConfig } from "#config/load.ts";
import { policyOf } from "#config/policy.ts";
import type { Settings } from "#config/settings.ts";
import { UserError } from "#errors.ts";
import { billingModeOf } from "#guard/account/postpaid.ts";
import { withKept } from "#guard/account/kept.ts";
import type { Seen } from "#guard/model/account.ts";
import { mayShowIdle } from "#guard/pods/rules/load.ts";
import { rulesInUse } from "#guard/rules-in-use.ts";
import { perHour, plainNumber, usd } from "#guard/text.ts";
import { proxyOf, proxyWords } from "#requests/proxy.ts";
import { identityOf } from "#process/identity.ts";
import { asBelieved } from "#report/believed-look.ts";
import { changeOverOf } from "#report/change-over.ts";
import { unsentNotices } from "#report/notices.ts";
import { inDaemonZone } from "#report/ahead/daemon-zone.ts";
import { savedState } from "#report/snapshot.ts";
import { worstCaseWords } from "#report/ahead/worst-case.ts";
import { realAccounts, realSpendLimit } from "#wiring/account.ts";
import { createDecidingOnce } from "#runpod/auto/account.ts";
import { rehearse } from "#runpod/auto/rehearse.ts";
import { whyNoEnd } from "#runpod/auto/rehearse-end.ts";
import { lastGoodDrill } from "#store/drill-file.ts";
import { lastTested } from "#store/tested-file.ts";
import { watcherOf } from "#store/lock/pid-lock.ts";
import type { Context, GlobalOptions } from "#terminal/context.ts";
import { printJson } from "#terminal/json.ts";
import { brokenChannels, channelWarnings, checkChannels } from "./channels.ts";
import { askedOf, backTo, interfaceWarnings } from "./api.ts";
import type { Found } from "./found.ts";
import { asJson } from "./json.ts";
import { serviceWarnings } from "#commands/setup/service/service-warnings.ts";
import { heartbeatWarnings } from "./heartbeat-warnings.ts";
import { outsideFound, outsideWarnings } from "./outside.ts";
import { pageWarnings } from "./page.ts";
import { leasesOf } from "./leases.ts";
import { preflight } from "./preflight.ts";
import { unsurePods } from "./rules.ts";
import { asText } from "./text.ts";
import { tonightWith } from "./tonight.ts";

export interface CheckOptions extends GlobalOptions {
  readonly json: boolean;
  readonly strict: boolean;
  /** Asks this interface only, whoever decides. */
  readonly api?: string | undefined;
}

/** Polls the account once, and warns of what would fail at 3 a.m. */
export async function check(options: CheckOptions, context: Context): Promise<void> {
  const written = await loadConfig(options.config, context.env, context.paces);
  context.hide(written.secrets);
  const { saved } = await savedState(written.stateFile);
  const settings = inDaemonZone(askedOf(written, options.api), saved);
  const { request } = context.paces;
  const clock = createClock();
  const deciding = createDecidingOnce(saved.source);
  const { account, faces } = realAccounts(settings, clock, request, deciding);
  // Beside the poll, as a service may take its time.
  const askingOutside = outsideFound(written, context);
  const probing = checkChannels(
    settings,
    await lastTested(settings.stateFile),
    clock,
    context.interrupted,
  );
  const found = await account.look(context.interrupted);
  if (found.kind === "blind") throw cannotLook(found, settings);
  const asWritten = policyOf(settings, context.paces);
  const back = await backTo(options.api, written, saved, found);
  const { source: _, ...alone } = found;
  // Whoever was asked for on purpose has taken nothing over.
  const believed = asBelieved(saved, options.api === undefined ? found : alone, asWritten);
  const look = believed.look.kind === "blind" ? found : believed.look;
  const { dryRun: isDry } = settings;
  const decides = deciding.now().source;
  const isRehearsed = faces !== undefined && decides.api === "graphql";
  const rehearsal = isRehearsed
    ? await rehearse(faces, { mayShowIdle, isDry }, context.interrupted)
    : undefined;
  const isRest = settings.api === "rest" || (faces !== undefined && decides.api === "rest");
  const noEnd = isRest && !isDry ? await whyNoEnd(account, look, context.interrupted) : undefined;
  const drilledAt = await lastGoodDrill(settings.stateFile);
  const runner = runnerFor(settings, context);
  const tools = await agentToolsFor(settings, context, { runner, clock });
  const nowMs = clock.nowMs();
  const told = look.billingMode ?? rehearsal?.billingMode;
  const billingMode = billingModeOf(saved, { ...(told && { billingMode: told }) });
  const guardPid = await watcherOf(settings.stateFile, identityOf);
  const limit = await realSpendLimit(settings, clock, request, look, context.interrupted);
  const worstCase = worstCaseWords(settings, context.paces, limit);
  const channels = await probing;
  const outside = await askingOutside;
  const { command } = asWritten.podGuards;
  const { book, because: unreadBook } = await leasesOf(settings.stateFile);
  const ahead = await preflight(settings, { ...context, runner, tools, nowMs });
  // It stands beside the state file: what ails that ails this.
  const isTold = unreadBook === undefined || ahead.some((each) => each.startsWith("state_file:"));
  const warnings = [
    ...settings.warnings,
    ...interfaceWarnings(written, rehearsal, noEnd),
    ...ahead,
    ...(isTold ? [] : [unreadBook]),
    ...(await heartbeatWarnings(settings, context.interrupted)),
    ...outsideWarnings(outside, settings, guardPid),
    ...(await pageWarnings(settings, guardPid, context.interrupted)),
    ...(await serviceWarnings(settings.configPath, context.env)),
    ...channelWarnings(channels, command),
    ...unsurePods(look, command),
    ...belowZero(look, billingMode),
    ...tooLate(look, settings),
    ...unsentNotices(saved, Date.now()),
  ];
  const { inForce } = saved;
  const unread =
    guardPid !== undefined && inForce?.pid === guardPid ? unreadBy(inForce, written) : undefined;
  const programs = await missingPrograms(settings, context.env);
  const broken = {
    programs,
    channels: brokenChannels(channels),
    isOutsideGone: outside?.kind === "not-asked",
  };
  const { pods } = look;
  const rows = tonightWith(settings, { pods, book }, context.paces, broken, nowMs);
  const through = proxyOf(new URL(settings.runpodUrl), context.env);
  const proxy = through.kind === "proxy" ? proxyWords(through) : undefined;
  const rules = rulesInUse(look, withKept(asWritten, saved), asWritten);
  const changeOver = changeOverOf(believed.saved);
  const api = { decides, rehearsal, back, changeOver };
  const agentEnds = endsOf(settings, tools);
  const shown: Found = {
    agentEnds,
    look,
    settings,
    channels,
    drilledAt,
    rules,
    proxy,
    warnings,
    rows,
    guardPid,
    saved,
    unread,
    api,
    billingMode,
    worstCase,
    outside,
  };

  if (options.json) printJson(asJson(shown), context);
  else context.print(asText(shown, context));
  // What no config can mend is shown, but is no reason to refuse one.
  const count = warnings.length + rows.filter((row) => row.isWarning && row.isMendable).length;
  if (options.strict && count > 0) {
    throw new UserError(`${warningsWords(count)}, which --strict makes an error.`);
  }
}

function belowZero({ balanceUsd }: Seen, billingMode: Found["billingMode"]): readonly string[] {
  if (balanceUsd >= 0) return [];
  return billingMode === "POSTPAID"
    ? ["the balance is below zero: RunPod stops no pod for it, so only your thresholds do"]
    : ["the balance is below zero: RunPod may stop or delete every pod at any moment; top it up"];
}

/** Backstops that, at the present burn, would come after the money is gone. */
function tooLate({ burnPerHrUsd }: Seen, settings: Settings): readonly string[] {
  if (burnPerHrUsd === undefined || burnPerHrUsd === 0) return [];
  return settings.thresholds.flatMap(({ backstop, ...line }) => {
    const { name, belowUsd } = line;
    if (backstop === undefined) return [];
    const lastsS = Math.max((belowUsd ?? 0) / burnPerHrUsd, line.belowHours ?? 0) * 3600;
    const neededS = (settings.pollIntervalMs + backstop.afterMs) / 1000 + 30;
    if (lastsS >= neededS) return [];
    const enough = usd(Math.ceil((burnPerHrUsd * neededS) / 36) / 100);
    const raise =
      belowUsd === undefined
        ? `below_hours to ${plainNumber(Math.ceil((neededS / 3600) * 1000) / 1000)}`
        : `below_usd to ${enough}`;
    return [
      `threshold ${name}: at ${perHour(burnPerHrUsd)}, ${lineWords(line)} lasts ${lastsS.toFixed(0)} s, but the backstop may need ${neededS} s; raise ${raise} or more`,
    ];
  });
}

/** What a scoped agent ends pods with; undefined for any other. */
function endsOf({ claudeCommand, agentPermissions }: Settings, tools: AgentTools) {
  const found = agentPermissions === "scoped" ? claudeIn(claudeCommand) : undefined;
  return found === undefined || setsPermissions(found.claude) ? undefined : toolWords(tools);
}

function warningsWords(count: number): string {
  return count === 1 ? "1 warning" : `${count} warnings`;
}
