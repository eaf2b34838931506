export {
  type Credential,
  type CredentialKind,
  credentialKinds,
  type IssuedCredential,
  scopesOf,
} from './credential.ts';
export {
  type CredentialFacts,
  forgetWorkspace,
  identifyCredential,
  writeLastUses,
} from './identify.ts';
export {
  issueCredential,
  listCredentials,
  revokeCredential,
  rotateCredential,
} from './manage-credentials.ts';
