import type { PlatformName } from '../../kernel/platforms.ts';

/** What an authorization server offers, where it is not found by discovery (RFC 8414 §2). */
export interface KnownServer {
  issuer: string;
  authorization_endpoint: string;
  token_endpoint: string;
}

/** How one platform is spoken to. */
export interface PlatformSpec {
  /** The issuer of an OpenID provider, found by discovery; or what plain OAuth 2.0 offers. */
  server: string | KnownServer;
  scope: string;
  /** Further parameters of the authorization request. */
  parameters?: Record<string, string>;
  /** How the client secret travels, where the server takes it in more than one way. */
  secret: 'client_secret_post' | 'client_secret_basic';
  /** Where it says who an account is, and in which fields; absent: as OpenID Connect has it. */
  profile?: { url: string; id: string; username: readonly string[] };
}

/** The platforms as their own documentation describes them (workspace-and-portal.md §8.7). */
export const specs: Record<PlatformName, PlatformSpec> = {
  microsoft: {
    server: 'https://login.microsoftonline.com/common/v2.0',
    scope: 'openid User.Read',
    parameters: { response_mode: 'query' },
    secret: 'client_secret_post',
    profile: {
      url: 'https://graph.microsoft.com/v1.0/me',
      id: 'id',
      username: ['displayName', 'userPrincipalName'],
    },
  },
  discord: {
    server: {
      issuer: 'https://discord.com',
      authorization_endpoint: 'https://discord.com/api/oauth2/authorize',
      token_endpoint: 'https://discord.com/api/oauth2/token',
    },
    scope: 'identify email guilds.join',
    secret: 'client_secret_post',
    profile: { url: 'https://discord.com/api/users/@me', id: 'id', username: ['username'] },
  },
  google: {
    server: 'https://accounts.google.com',
    scope: 'openid profile',
    secret: 'client_secret_post',
  },
  github: {
    server: {
      issuer: 'https://github.com/login/oauth',
      authorization_endpoint: 'https://github.com/login/oauth/authorize',
      token_endpoint: 'https://github.com/login/oauth/access_token',
    },
    scope: 'read:user',
    secret: 'client_secret_post',
    profile: { url: 'https://api.github.com/user', id: 'id', username: ['login'] },
  },
};

/** Any OpenID provider; clients are registered for the header unless they say otherwise. */
export const openIdSpec = (issuer: string): PlatformSpec => ({
  server: issuer,
  scope: 'openid profile',
  secret: 'client_secret_basic',
});
