/** The zone that is named, else this machine's, which may change while the guard runs. */
export function zoneOr(timeZone: string | undefined): string {
  return timeZone ?? ownZone();
}

/** As this process has it: `TZ` gives another to each shell. */
export function ownZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}
