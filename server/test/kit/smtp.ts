import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

/** A mail as the server received it. */
export interface Received {
  /** The envelope: whom the protocol named. */
  from: string;
  to: string[];
  /** Headers and body as they came. */
  raw: string;
  /** Header lines, folded ones joined. */
  headers: string[];
}

/** A real SMTP server that keeps what it receives. */
export interface TestMailServer {
  url: string;
  received: Received[];
  /** How many of the next mails to refuse for now (451). */
  refuseNext: number;
  close(): Promise<void>;
}

/** Starts an SMTP server on a free port of this machine. */
export async function startMailServer(): Promise<TestMailServer> {
  const received: Received[] = [];
  const state = { refuseNext: 0 };
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        if (state.refuseNext > 0) {
          state.refuseNext -= 1;
          done(Object.assign(new Error('Try again later'), { responseCode: 451 }));
          return;
        }
        const raw = Buffer.concat(chunks).toString('utf8');
        const { mailFrom, rcptTo } = session.envelope;
        received.push({
          from: mailFrom === false ? '' : mailFrom.address,
          to: rcptTo.map((r) => r.address),
          raw,
          headers: (raw.split('\r\n\r\n')[0] ?? '').replace(/\r\n[ \t]+/g, ' ').split('\r\n'),
        });
        done();
      });
    },
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.server.address() as AddressInfo;
  return {
    url: `smtp://127.0.0.1:${port}`,
    received,
    get refuseNext() {
      return state.refuseNext;
    },
    set refuseNext(times) {
      state.refuseNext = times;
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
