import type { PlatformName } from '../../kernel/platforms.ts';

/** Where platforms send people back to; what is registered with each. */
export const callbackUrl = (publicUrl: string) =>
  `${publicUrl}/api/customer-portal/oauth-accounts/callback`;

/** What is kept while a person is away at a platform. */
export interface KeptTrip {
  platform: PlatformName;
  returnTo: string;
  nonce: string;
  verifier: string;
}
