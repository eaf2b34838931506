import { Type } from '@sinclair/typebox';
import { operation } from '../../lib/operation.ts';
import { uuid } from '../../lib/schema.ts';
import {
  FileShareDownload,
  FileShareDownloadCreate,
  FileSharePayment,
  FileSharePaymentCreate,
  FileSharePaymentUpdate,
  FileShareSession,
  FileShareSessionCreate,
  FileShareSessionPage,
  FileShareSessionUpdate,
  fileShareSessionsQuery,
} from '../schemas/file-sharing.ts';
import { byId, reads, writes } from './common.ts';

const tag = 'File sharing';
const one = byId('session');
const oneSession = { schema: FileShareSession, description: 'The session' };
const onePayment = { schema: FileSharePayment, description: 'The payment' };

export const fileSharingSessionsList = operation({
  id: 'file_sharing_sessions_list',
  method: 'get',
  path: '/api/file-sharing/sessions',
  tag,
  summary: 'List shared files',
  access: reads('file_sharing'),
  query: fileShareSessionsQuery,
  success: { status: 200, description: 'A page of sessions', schema: FileShareSessionPage },
  errors: [],
});

export const fileSharingSessionsCreate = operation({
  id: 'file_sharing_sessions_create',
  method: 'post',
  path: '/api/file-sharing/sessions',
  tag,
  summary: 'Share a file',
  access: writes('file_sharing'),
  body: FileShareSessionCreate,
  success: { status: 201, ...oneSession },
  errors: [],
});

export const fileSharingSessionsGet = operation({
  id: 'file_sharing_sessions_get',
  method: 'get',
  path: '/api/file-sharing/sessions/{id}',
  tag,
  summary: 'Get a shared file',
  access: reads('file_sharing'),
  params: one,
  success: { status: 200, ...oneSession },
  errors: [404],
});

export const fileSharingSessionsUpdate = operation({
  id: 'file_sharing_sessions_update',
  method: 'patch',
  path: '/api/file-sharing/sessions/{id}',
  tag,
  summary: 'Change the status of a shared file',
  description:
    'From created to active, expired, destroyed or reported; from active also to completed; from ' +
    'completed and expired to destroyed or reported; from reported to destroyed, which is final.',
  access: writes('file_sharing'),
  params: one,
  body: FileShareSessionUpdate,
  success: { status: 200, ...oneSession },
  errors: [404],
});

export const fileSharingDownloadsList = operation({
  id: 'file_sharing_downloads_list',
  method: 'get',
  path: '/api/file-sharing/sessions/{id}/downloads',
  tag,
  summary: 'List the downloads of a shared file',
  description: 'Oldest first.',
  access: reads('file_sharing'),
  params: one,
  success: { status: 200, description: 'All of them', schema: Type.Array(FileShareDownload) },
  errors: [404],
});

export const fileSharingDownloadsCreate = operation({
  id: 'file_sharing_downloads_create',
  method: 'post',
  path: '/api/file-sharing/sessions/{id}/downloads',
  tag,
  summary: 'Note a download',
  description:
    'Takes the next slot. The first download activates the session and the last one that it ' +
    'allows completes it; once it is over or its time is up there are no more.',
  access: writes('file_sharing'),
  params: one,
  body: FileShareDownloadCreate,
  success: { status: 201, description: 'The download', schema: FileShareDownload },
  errors: [404],
});

export const fileSharingPaymentsList = operation({
  id: 'file_sharing_payments_list',
  method: 'get',
  path: '/api/file-sharing/sessions/{id}/payments',
  tag,
  summary: 'List the payments for a shared file',
  description: 'Oldest first.',
  access: reads('file_sharing'),
  params: one,
  success: { status: 200, description: 'All of them', schema: Type.Array(FileSharePayment) },
  errors: [404],
});

export const fileSharingPaymentsCreate = operation({
  id: 'file_sharing_payments_create',
  method: 'post',
  path: '/api/file-sharing/sessions/{id}/payments',
  tag,
  summary: 'Note a payment',
  description:
    'Whatever the status of the session: money may arrive late. An id of Stripe’s that a payment ' +
    'of the session has already answers with that payment, unchanged.',
  access: writes('file_sharing'),
  params: one,
  body: FileSharePaymentCreate,
  success: { status: 201, ...onePayment },
  errors: [404],
});

export const fileSharingPaymentsUpdate = operation({
  id: 'file_sharing_payments_update',
  method: 'patch',
  path: '/api/file-sharing/sessions/{id}/payments/{payment_id}',
  tag,
  summary: 'Change the status of a payment',
  description:
    'From pending to completed or failed, from failed to pending or completed, from completed to ' +
    'refunded.',
  access: writes('file_sharing'),
  params: Type.Object({ id: uuid('Id of the session'), payment_id: uuid('Id of the payment') }),
  body: FileSharePaymentUpdate,
  success: { status: 200, ...onePayment },
  errors: [404],
});
