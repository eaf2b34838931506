/** A finished request, as it is logged: no personal data, no query, no body. */
interface RequestFacts {
  surface: string;
  operation: string;
  status: number;
  seconds: number;
  requestId: string;
  error?: unknown;
}

/** Structured log lines (JSON) on standard error. */
export interface Log {
  info(message: string, more?: Record<string, unknown>): void;
  warn(message: string, more?: Record<string, unknown>): void;
  error(message: string, more?: Record<string, unknown>): void;
  request(facts: RequestFacts): void;
}

/** What may be said of a failure: database messages quote values, so only code and place are kept. */
function traceOf(error: unknown): Record<string, unknown> {
  const { name, code, stack, message } = error as Error & { code?: string };
  const database = typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code);
  return {
    error: name,
    ...(code === undefined ? {} : { code }),
    ...(database ? {} : { message }),
    at: stack
      ?.split('\n')
      .filter((line) => line.trimStart().startsWith('at '))
      .slice(0, 6)
      .map((line) => line.trim()),
  };
}

/** The process's log. In: where lines go. Requests are logged when they fail or are slow. */
export function createLog(write: (line: string) => void): Log {
  const line = (level: string, message: string, more: Record<string, unknown> = {}) =>
    write(`${JSON.stringify({ time: new Date().toISOString(), level, message, ...more })}\n`);
  const SLOW_SECONDS = 2;
  return {
    info: (message, more) => line('info', message, more),
    warn: (message, more) => line('warn', message, more),
    error: (message, more) => line('error', message, more),
    request({ error, ...facts }) {
      if (facts.status < 500 && facts.seconds < SLOW_SECONDS && error === undefined) return;
      const level = facts.status >= 500 ? 'error' : 'info';
      line(level, 'request', { ...facts, ...(error === undefined ? {} : traceOf(error)) });
    },
  };
}
