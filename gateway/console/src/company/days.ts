// Days of the calendar here, and the instants that the API knows.

// midnight is the beginning of a day of the calendar, or of one after it.
export function midnight(day: string | undefined, later: number): string | undefined {
  if (!day) {
    return undefined;
  }
  const at = new Date(`${day}T00:00:00`);
  at.setDate(at.getDate() + later);
  return at.toISOString();
}

// lastMinute is the end of a day that is still of it: whoever reads the instant
// back finds the same day.
export function lastMinute(day: string): string | undefined {
  return day === "" ? undefined : new Date(`${day}T23:59:00`).toISOString();
}

// dayOf is the day of an instant, as a field for a date takes it.
export function dayOf(time: string | null): string {
  if (time === null) {
    return "";
  }
  const at = new Date(time);
  return [at.getFullYear(), at.getMonth() + 1, at.getDate()].map((part) => String(part).padStart(2, "0")).join("-");
}
