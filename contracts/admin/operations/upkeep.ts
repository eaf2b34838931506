import { Type } from '@sinclair/typebox';
import { operation } from '../../lib/operation.ts';
import { defaulted, uuid } from '../../lib/schema.ts';
import { AuditCheck, AuditTrail, DoctorReport, LedgerCheck, MailList } from '../schemas/upkeep.ts';

const access = { by: 'root' } as const;
const limit = defaulted(
  Type.Integer({
    description: 'Rows to answer; more than 1,000 counts as 1,000',
    exclusiveMinimum: 0,
  }),
  100,
);

export const mailsList = operation({
  id: 'mails_list',
  method: 'get',
  path: '/admin/v1/mails',
  tag: 'Mails',
  summary: 'List kept mails',
  description: 'Mails are kept here where none can be sent.',
  access,
  query: Type.Object({ limit }),
  success: { status: 200, description: 'The newest mails', schema: MailList },
  errors: [],
});

export const auditList = operation({
  id: 'audit_list',
  method: 'get',
  path: '/admin/v1/audit',
  tag: 'Audit',
  summary: 'Read the audit trail',
  description: 'Newest first. Personal fields are empty once their person was erased.',
  access,
  query: Type.Object({
    customer_id: Type.Optional(uuid('Only what concerns this customer')),
    workspace_id: Type.Optional(uuid('Only this workspace')),
    limit,
    before: Type.Optional(
      Type.Integer({ description: 'The `next_before` of the page before', minimum: 0 }),
    ),
  }),
  success: { status: 200, description: 'A stretch of the trail', schema: AuditTrail },
  errors: [],
});

export const auditVerify = operation({
  id: 'audit_verify',
  method: 'get',
  path: '/admin/v1/audit/verify',
  tag: 'Audit',
  summary: 'Check the audit trail',
  description: 'Recomputes the hash chain over every row; an erased person breaks nothing.',
  access,
  success: { status: 200, description: 'What was found', schema: AuditCheck },
  errors: [],
});

export const doctorRun = operation({
  id: 'doctor_run',
  method: 'get',
  path: '/admin/v1/doctor',
  tag: 'Doctor',
  summary: 'Check this installation',
  description:
    'Looks at the database roles and the policy of every table, and tries with two throw-away ' +
    'workspaces whether either can reach the other.',
  access,
  success: { status: 200, description: 'Each check and its outcome', schema: DoctorReport },
  errors: [],
});

export const doctorLedger = operation({
  id: 'doctor_ledger',
  method: 'get',
  path: '/admin/v1/doctor/ledger',
  tag: 'Doctor',
  summary: 'Check the ledger of every wallet',
  description: 'Recomputes each hash chain, and compares the balances with what it adds up to.',
  access,
  success: { status: 200, description: 'What was found', schema: LedgerCheck },
  errors: [],
});
