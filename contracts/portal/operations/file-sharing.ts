import { Type } from '@sinclair/typebox';
import { operation } from '../../lib/operation.ts';
import { byId } from '../../workspace/operations/common.ts';
import {
  FileShareDownload,
  FileSharePayment,
  FileShareSession,
  FileShareSessionPage,
  fileShareSessionsQuery,
} from '../../workspace/schemas/file-sharing.ts';
import { anyone } from './common.ts';

const tag = 'File sharing';
const one = byId('session');

export const portalFileSharingSessionsList = operation({
  id: 'file_sharing_sessions_list',
  method: 'get',
  path: '/api/customer-portal/file-sharing/sessions',
  tag,
  summary: 'List shared files',
  description: 'A member sees all of the workspace, a session of the customer itself sees none.',
  access: anyone,
  query: fileShareSessionsQuery,
  success: { status: 200, description: 'A page of sessions', schema: FileShareSessionPage },
  errors: [],
});

export const portalFileSharingSessionsGet = operation({
  id: 'file_sharing_sessions_get',
  method: 'get',
  path: '/api/customer-portal/file-sharing/sessions/{id}',
  tag,
  summary: 'Get a shared file',
  access: anyone,
  params: one,
  success: { status: 200, description: 'The session', schema: FileShareSession },
  errors: [404],
});

export const portalFileSharingDownloadsList = operation({
  id: 'file_sharing_downloads_list',
  method: 'get',
  path: '/api/customer-portal/file-sharing/sessions/{id}/downloads',
  tag,
  summary: 'List the downloads of a shared file',
  description: 'Oldest first.',
  access: anyone,
  params: one,
  success: { status: 200, description: 'All of them', schema: Type.Array(FileShareDownload) },
  errors: [404],
});

export const portalFileSharingPaymentsList = operation({
  id: 'file_sharing_payments_list',
  method: 'get',
  path: '/api/customer-portal/file-sharing/sessions/{id}/payments',
  tag,
  summary: 'List the payments for a shared file',
  description:
    'Oldest first. Every member of every team of the workspace sees who paid, so give this ' +
    'only where that is meant.',
  access: anyone,
  params: one,
  success: { status: 200, description: 'All of them', schema: Type.Array(FileSharePayment) },
  errors: [404],
});
