import type { Calendar } from "#ports.ts";
import type { CalendarRules } from "./calendar.ts";

/** The calendar of what is asked for at each use. Its libraries are loaded with the first rule there is. */
export function calendarOf(rules: () => CalendarRules): Calendar {
  return {
    async momentsAt(atMs) {
      const { budgets, schedules } = rules();
      if (budgets.length + schedules.length === 0) {
        return { moments: { atMs, periods: {}, schedules: {} }, faults: [] };
      }
      const { momentsAt } = await import("./calendar.ts");
      return momentsAt({ budgets, schedules }, atMs);
    },
  };
}
