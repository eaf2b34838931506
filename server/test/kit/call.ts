/** An answer as a client sees it. */
export interface Reply {
  status: number;
  headers: Headers;
  /** Parsed JSON, or undefined where the answer is none. */
  // biome-ignore lint/suspicious/noExplicitAny: a test says itself what it expects of an answer
  body: any;
  text: string;
}

/** Sends one request. A string or Buffer body goes as it is (give its content-type), else JSON. */
export async function call(
  url: string,
  method: string,
  path: string,
  options: { token?: string; body?: unknown; headers?: Record<string, string> | undefined } = {},
): Promise<Reply> {
  const raw = typeof options.body === 'string' || Buffer.isBuffer(options.body);
  const body = raw ? (options.body as string | Buffer) : JSON.stringify(options.body);
  const response = await fetch(url + path, {
    method,
    headers: {
      ...(options.token === undefined ? {} : { authorization: `Bearer ${options.token}` }),
      ...(options.body === undefined ? {} : { 'content-type': 'application/json' }),
      ...options.headers,
    },
    ...(options.body === undefined ? {} : { body }),
  });
  const text = await response.text();
  const json = /[/+]json\b/.test(response.headers.get('content-type') ?? '') && text !== '';
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: json ? JSON.parse(text) : undefined,
  };
}
