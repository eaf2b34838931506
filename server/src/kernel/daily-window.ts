const DAY = 24 * 60 * 60;
const CLOCK = /^([01]\d|2[0-3]):([0-5]\d)$/;

/** A part of every day, by the clock of a time zone; it may go over midnight. Seconds of the day. */
export interface DailyWindow {
  start: number;
  end: number;
  tz: string;
}

function secondsOf(clock: unknown): number | undefined {
  const found = typeof clock === 'string' ? CLOCK.exec(clock) : null;
  return found === null ? undefined : Number(found[1]) * 3600 + Number(found[2]) * 60;
}

function isZone(tz: unknown): tz is string {
  try {
    new Intl.DateTimeFormat('en', { timeZone: tz as string });
    return typeof tz === 'string';
  } catch {
    return false;
  }
}

/** Reads `{start: "HH:MM", end: "HH:MM", tz}`; null for JSON's null, undefined for anything else. */
export function readDailyWindow(json: string): DailyWindow | null | undefined {
  let given: { start?: unknown; end?: unknown; tz?: unknown } | null;
  try {
    given = JSON.parse(json);
  } catch {
    return undefined;
  }
  if (given === null) return null;
  const [start, end] = [secondsOf(given.start), secondsOf(given.end)];
  if (start === undefined || end === undefined || start === end) return undefined;
  const tz = given.tz ?? 'UTC';
  return isZone(tz) ? { start, end, tz } : undefined;
}

/** Seconds from a moment to the end of the window it lies in; 0 if it lies in none. */
export function secondsLeft(window: DailyWindow | null, at: Date): number {
  if (window === null) return 0;
  const clock = new Intl.DateTimeFormat('en-GB', {
    timeZone: window.tz,
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  }).format(at);
  const [hours = 0, minutes = 0, seconds = 0] = clock.split(':').map(Number);
  const now = hours * 3600 + minutes * 60 + seconds;
  const since = (from: number) => (now - from + DAY) % DAY;
  const length = (window.end - window.start + DAY) % DAY;
  return since(window.start) < length ? length - since(window.start) : 0;
}
