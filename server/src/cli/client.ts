import { CliFailure } from './failure.ts';

/** Where the server is and how we show who we are. */
export interface Connection {
  url: string;
  token: string | undefined;
  /** How a person gives this token. */
  givenBy: string;
}

export interface CallOptions {
  json?: unknown;
  body?: ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>;
  contentType?: string;
  query?: Record<string, string | number | boolean | undefined>;
}

interface ErrorBody {
  error?: string;
  error_description?: string;
  detail?: string | { loc: (string | number)[]; msg: string }[];
}

function reasonOf(text: string): string {
  let body: ErrorBody;
  try {
    body = JSON.parse(text) as ErrorBody;
  } catch {
    return text.split('\n')[0]?.slice(0, 200) ?? '';
  }
  if (Array.isArray(body.detail)) {
    return body.detail
      .map(({ loc, msg }) => [loc.slice(1).join('.'), msg].filter((part) => part !== '').join(': '))
      .join('; ');
  }
  return body.detail ?? body.error_description ?? body.error ?? '';
}

async function refusal(response: Response, connection: Connection): Promise<CliFailure> {
  const reason = reasonOf(await response.text());
  if (response.status === 401) {
    return new CliFailure(
      `the server does not accept the token (give it with ${connection.givenBy})`,
    );
  }
  return new CliFailure(`${response.status}: ${reason || response.statusText}`);
}

/**
 * Sends one request. Out: the answer, its body not yet read.
 * Errors: a `CliFailure` for any status but 2xx, without a token, and where no server answers.
 */
export async function send(
  connection: Connection,
  method: string,
  path: string,
  options: CallOptions = {},
): Promise<Response> {
  if (!connection.token) {
    throw new CliFailure(`a token is needed: give it with ${connection.givenBy}`);
  }
  const url = new URL(path, connection.url);
  for (const [name, value] of Object.entries(options.query ?? {})) {
    if (value !== undefined) url.searchParams.set(name, String(value));
  }
  const type = options.json === undefined ? options.contentType : 'application/json';
  const body = options.json === undefined ? options.body : JSON.stringify(options.json);
  let response: Response;
  try {
    response = await fetch(url, {
      method,
      headers: {
        authorization: `Bearer ${connection.token}`,
        ...(type === undefined ? {} : { 'content-type': type }),
      },
      ...(body === undefined ? {} : { body: body as RequestInit['body'], duplex: 'half' }),
    } as RequestInit);
  } catch (error) {
    const cause = (error as Error).cause ?? error;
    if (cause instanceof CliFailure) throw cause;
    const { code, message } = cause as Error & { code?: string };
    throw new CliFailure(`no answer from ${connection.url} (${code ?? message})`);
  }
  if (!response.ok) throw await refusal(response, connection);
  return response;
}

/** Sends one request and reads its JSON answer. */
export async function call<T>(
  connection: Connection,
  method: string,
  path: string,
  options: CallOptions = {},
): Promise<T> {
  const response = await send(connection, method, path, options);
  const text = await response.text();
  return (text === '' ? undefined : JSON.parse(text)) as T;
}
