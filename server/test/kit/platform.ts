import type { Platform } from '../../src/modules/linked-accounts/index.ts';

/** A platform in this process, where whoever comes agrees at once: the code names the account. */
export const agreeingPlatform: Platform = {
  authorizationUrl: async ({ state, redirectUri }) => {
    const url = new URL(redirectUri);
    url.search = new URLSearchParams({ state, code: 'somebody' }).toString();
    return url.href;
  },
  account: async (_trip, { code }) => ({
    issuer: 'https://platform.example',
    id: code,
    username: 'Some Body',
    tokens: { access_token: 'access', refresh_token: null, expires_at: null },
  }),
};
