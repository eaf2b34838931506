/** The four kinds of credential; each belongs to one surface (contracts/README.md, table). */
export const credentialKinds = {
  access_token: { prefix: 'clientele_oat_', surface: 'workspace' },
  api_key: { prefix: 'clientele_ak_', surface: 'tenant' },
  oauth_client: { prefix: 'clientele_cs_', surface: 'partner' },
  secret_key: { prefix: 'clientele_sk_', surface: 'billing' },
} as const;

export type CredentialKind = keyof typeof credentialKinds;

/** Prefix of an OAuth client's public id. */
export const CLIENT_ID_PREFIX = 'clientele_ci_';

const RESOURCES: Record<CredentialKind, readonly string[]> = {
  access_token: [
    'customers',
    'members',
    'meters',
    'events',
    'shares',
    'file_sharing',
    'customer_sessions',
  ],
  api_key: ['customers', 'rules', 'instances', 'subscriptions'],
  oauth_client: ['customers', 'payment_methods'],
  secret_key: ['customers', 'wallets', 'vat', 'settings', 'payment_methods'],
};

/** Every scope a kind of credential can hold (README decision 25). */
export function scopesOf(kind: CredentialKind): string[] {
  return RESOURCES[kind].flatMap((r) => [`${r}:read`, `${r}:write`]);
}

/** Every scope there is. */
export const allScopes: ReadonlySet<string> = new Set(
  (Object.keys(RESOURCES) as CredentialKind[]).flatMap(scopesOf),
);

/** A credential as it is listed; its secret is never read back. */
export interface Credential {
  workspace_id: string;
  id: string;
  kind: CredentialKind;
  name: string;
  client_id: string | null;
  scopes: string[];
  expires_at: string | null;
  revoked_at: string | null;
  suspended: boolean;
  last_used_at: string | null;
  created_at: string;
}

/** A new credential with its secret, shown this once. */
export interface IssuedCredential extends Credential {
  secret: string;
}
