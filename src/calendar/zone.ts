/** The zone that is named, else this machine's, which may change while the guard runs. */
export function zoneOr(timeZone: string | undefined): string {
  return timeZone ?? new Intl.DateTimeFormat().resolvedOptions().timeZone;
}
