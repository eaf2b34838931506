import type { Command } from 'commander';
import type { Connection } from './client.ts';
import { CliFailure } from './failure.ts';

/** Options every command takes. */
export interface Options {
  url: string;
  token?: string;
  rootToken?: string;
  json: boolean;
}

function server(url: string): string {
  if (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)) return url;
  throw new CliFailure(`${url} is no address of a server`);
}

/** The operator's connection. */
export const asRoot = (options: Options): Connection => ({
  url: server(options.url),
  token: options.rootToken,
  givenBy: '--root-token or CLIENTELE_ROOT_TOKEN',
});

/** A workspace's connection. */
export const asWorkspace = (options: Options): Connection => ({
  url: server(options.url),
  token: options.token,
  givenBy: '--token or CLIENTELE_TOKEN',
});

/** The options of a command together with those of the whole program. */
export const optionsOf = <T = object>(command: Command): Options & T => command.optsWithGlobals();
