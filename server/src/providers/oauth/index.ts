import type { PlatformName } from '../../kernel/platforms.ts';
import type { Platform, Platforms } from '../../modules/linked-accounts/index.ts';
import { openIdSpec, type PlatformSpec, specs } from './platforms.ts';

/** What a platform knows this installation by. */
export interface Credentials {
  clientId: string;
  clientSecret: string;
}

/** A platform that is switched on; with an `issuer` it is any OpenID provider. */
export interface PlatformSettings extends Credentials {
  issuer: string | undefined;
}

/** Told of every failure, in words without a secret or a personal value. */
export type OnFailure = (platform: PlatformName, step: string, reason: string) => void;

/** The client library is loaded when somebody first links an account. */
function lazy(
  name: PlatformName,
  spec: PlatformSpec,
  credentials: Credentials,
  onFailure: OnFailure,
): Platform {
  let opened: Promise<Platform> | undefined;
  const open = () => {
    opened ??= import('./client.ts').then(({ connect }) =>
      connect(spec, credentials, (step, reason) => onFailure(name, step, reason)),
    );
    return opened;
  };
  return {
    authorizationUrl: async (trip) => (await open()).authorizationUrl(trip),
    account: async (trip, agreed) => (await open()).account(trip, agreed),
  };
}

/** The platforms that are configured; none is reached before somebody links an account. */
export function openPlatforms(
  configured: Partial<Record<PlatformName, PlatformSettings>>,
  onFailure: OnFailure,
): Platforms {
  const platforms: Platforms = {};
  for (const [key, settings] of Object.entries(configured)) {
    const name = key as PlatformName;
    const spec = settings.issuer === undefined ? specs[name] : openIdSpec(settings.issuer);
    platforms[name] = lazy(name, spec, settings, onFailure);
  }
  return platforms;
}
