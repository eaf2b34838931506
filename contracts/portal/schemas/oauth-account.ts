import { Type } from '@sinclair/typebox';
import { words } from '../../lib/schema.ts';

export const OAuthPlatform = words(['microsoft', 'discord', 'google', 'github'], {
  title: 'CustomerOAuthPlatform',
  description: 'A platform whose accounts can be linked',
});

export const AuthorizeResponse = Type.Object(
  { url: Type.String({ description: 'Where to send the person' }) },
  { title: 'AuthorizeResponse', description: 'The beginning of linking an account' },
);
