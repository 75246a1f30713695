const dayS = 86_400;

/** The words along the time: the clock, and the date where a day begins. */
export function timeTicks(zone?: string): (atS: readonly number[], stepS: number) => string[] {
  const timeZone = zone === undefined ? {} : { timeZone: zone };
  const clock = new Intl.DateTimeFormat("en-GB", {
    ...timeZone,
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  });
  const date = new Intl.DateTimeFormat("en-GB", { ...timeZone, day: "numeric", month: "short" });
  return (all, stepS) =>
    all.map((atS) => {
      const time = clock.format(atS * 1000);
      return stepS >= dayS || time === "00:00" ? date.format(atS * 1000) : time;
    });
}

/** So much has too many letters for the side of a phone: `$25K`. */
const longUsd = 10_000;

/** The words along the money: as many cents as the steps need. */
export function moneyTicks(all: readonly number[], step: number): string[] {
  const digits = step >= 1 ? 0 : step >= 0.01 ? 2 : 4;
  const isLong = all.some((usd) => Math.abs(usd) >= longUsd);
  const form: Intl.NumberFormatOptions = isLong
    ? { notation: "compact", maximumFractionDigits: 2 }
    : { minimumFractionDigits: digits, maximumFractionDigits: digits };
  return all.map((usd) => {
    const size = Math.abs(usd).toLocaleString("en-US", form);
    return `${usd < 0 ? "−" : ""}$${size}`;
  });
}
