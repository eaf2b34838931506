import { Type } from '@sinclair/typebox';
import { operation } from '../../lib/operation.ts';
import { pageQuery } from '../schemas/page.ts';
import { Share, ShareCreate, SharePage, ShareUpdate } from '../schemas/share.ts';
import { byId, reads, writes } from './common.ts';

const tag = 'Shares';
const one = byId('share');
const oneShare = { schema: Share, description: 'The share' };

export const sharesList = operation({
  id: 'shares_list',
  method: 'get',
  path: '/api/shares/',
  tag,
  summary: 'List shares',
  description: 'Newest first, those that are not public or archived too.',
  access: reads('shares'),
  query: Type.Object(pageQuery),
  success: { status: 200, description: 'A page of shares', schema: SharePage },
  errors: [],
});

export const sharesCreate = operation({
  id: 'shares_create',
  method: 'post',
  path: '/api/shares/',
  tag,
  summary: 'Create a share',
  description: 'Stands on the page of the workspace once it is public.',
  access: writes('shares'),
  body: ShareCreate,
  success: { status: 201, ...oneShare },
  errors: [],
});

export const sharesGet = operation({
  id: 'shares_get',
  method: 'get',
  path: '/api/shares/{id}',
  tag,
  summary: 'Get a share',
  access: reads('shares'),
  params: one,
  success: { status: 200, ...oneShare },
  errors: [404],
});

export const sharesUpdate = operation({
  id: 'shares_update',
  method: 'patch',
  path: '/api/shares/{id}',
  tag,
  summary: 'Change a share',
  description: 'A price never changes: another one takes its place and it is archived.',
  access: writes('shares'),
  params: one,
  body: ShareUpdate,
  success: { status: 200, ...oneShare },
  errors: [404],
});
