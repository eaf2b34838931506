export { authorizeAccount } from './authorize.ts';
export { type Landing, linkAccount } from './callback.ts';
export {
  type Platform,
  type PlatformAccount,
  PlatformFailure,
  type Platforms,
} from './platform.ts';
export { type LinkedAccount, readAccounts } from './read-accounts.ts';
