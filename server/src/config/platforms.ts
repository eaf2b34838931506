import { type PlatformName, platformNames } from '../kernel/platforms.ts';

/** What the environment says of a platform whose accounts can be linked. */
export interface PlatformConfig {
  clientId: string;
  clientSecret: string;
  /** Makes it any OpenID provider. */
  issuer: string | undefined;
}

/**
 * Reads `OAUTH_<PLATFORM>_{CLIENT_ID,CLIENT_SECRET,ISSUER}`. Out: the platforms that are switched
 * on. `problem` is told of what fits together badly.
 */
export function readPlatforms(
  get: (name: string) => string | undefined,
  url: (name: string, protocols: string[]) => string | undefined,
  problem: (text: string) => void,
): Partial<Record<PlatformName, PlatformConfig>> {
  const platforms: Partial<Record<PlatformName, PlatformConfig>> = {};
  for (const platform of platformNames) {
    const name = (what: string) => `OAUTH_${platform.toUpperCase()}_${what}`;
    const clientId = get(name('CLIENT_ID'));
    const clientSecret = get(name('CLIENT_SECRET'));
    const issuer = url(name('ISSUER'), ['http:', 'https:']);
    if (clientId !== undefined && clientSecret !== undefined) {
      platforms[platform] = { clientId, clientSecret, issuer };
    } else if (clientId !== undefined || clientSecret !== undefined) {
      problem(`${name('CLIENT_ID')} and ${name('CLIENT_SECRET')} go together`);
    } else if (issuer !== undefined) {
      problem(`${name('ISSUER')} needs ${name('CLIENT_ID')} and ${name('CLIENT_SECRET')}`);
    }
  }
  return platforms;
}
