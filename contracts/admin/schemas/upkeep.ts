import { Type } from '@sinclair/typebox';
import { nullable, time } from '../../lib/schema.ts';
import { identifier, whole } from '../../workspace/schemas/stored.ts';

export const Mail = Type.Object(
  {
    id: identifier('Unique id'),
    to: Type.String({ description: 'Address it was sent to' }),
    subject: Type.String({ description: 'Subject line' }),
    text: Type.String({ description: 'Plain body' }),
    html: Type.String({ description: 'HTML body' }),
    created_at: time('When it was written'),
  },
  { title: 'Mail', description: 'A mail that was kept' },
);

export const MailList = Type.Object(
  { data: Type.Array(Mail) },
  { title: 'MailList', description: 'Kept mails, newest first' },
);

const snapshot = (description: string) =>
  nullable(
    Type.Unsafe<Record<string, unknown>>({
      type: 'object',
      additionalProperties: true,
      description,
    }),
  );

export const AuditEntry = Type.Object(
  {
    workspace_id: identifier('The workspace it belongs to'),
    seq: whole('Place in the audit trail'),
    at: time('When it was done'),
    actor: Type.Object(
      {
        kind: Type.String({ description: 'What kind of caller it was' }),
        id: Type.String({ description: 'Id of the caller' }),
        name: Type.String({ description: 'Name of the caller' }),
      },
      { title: 'Actor', description: 'Who did it' },
    ),
    surface: Type.String({ description: 'Surface it came through' }),
    operation: Type.String({ description: 'Operation that was called' }),
    request_id: Type.String({ description: 'Request it was part of' }),
    entity: Type.String({ description: 'Kind of object that was changed' }),
    entity_id: Type.String({ description: 'Id of that object' }),
    customer_id: nullable(identifier('The customer it concerns')),
    before: snapshot('Fields before; null for something new'),
    after: snapshot('Fields after; null for something gone'),
    personal: Type.Array(Type.String(), { description: 'Fields that hold personal data' }),
  },
  { title: 'AuditEntry', description: 'One change: by whom, and what' },
);

export const AuditTrail = Type.Object(
  {
    data: Type.Array(AuditEntry),
    meta: Type.Object(
      { next_before: nullable(whole('Ask with this `before` for older ones; null at the end')) },
      { title: 'AuditTrailMeta', description: 'Where to go on reading' },
    ),
  },
  { title: 'AuditTrail', description: 'Changes, newest first' },
);

export const AuditCheck = Type.Object(
  {
    ok: Type.Boolean({ description: 'Whether every row is as it was written' }),
    rows: whole('Rows that were looked at'),
    broken: Type.Array(
      Type.Object(
        {
          workspace_id: identifier('The workspace it belongs to'),
          seq: whole('Place in the audit trail'),
          problem: Type.String({ description: 'What is wrong with it' }),
        },
        { title: 'AuditBreak', description: 'A row that is not as it was written' },
      ),
    ),
  },
  { title: 'AuditCheck', description: 'The outcome of checking the audit trail' },
);

export const DoctorReport = Type.Object(
  {
    ok: Type.Boolean({ description: 'Whether every check passed' }),
    checks: Type.Array(
      Type.Object(
        {
          name: Type.String({ description: 'What was checked' }),
          ok: Type.Boolean({ description: 'Whether it passed' }),
          detail: Type.String({ description: 'What was found' }),
          table: nullable(Type.String({ description: 'The table at fault, if it is one' })),
        },
        { title: 'DoctorCheck', description: 'One check' },
      ),
    ),
  },
  { title: 'DoctorReport', description: 'How this installation is' },
);

export const LedgerCheck = Type.Object(
  {
    ok: Type.Boolean({ description: 'Whether every ledger is whole' }),
    problems: Type.Array(
      Type.Object({
        workspace_id: Type.String({ format: 'uuid', description: 'The workspace' }),
        wallet_id: Type.String({ format: 'uuid', description: 'The wallet' }),
        sequence: Type.Integer({ description: 'The entry at fault' }),
        problem: Type.String({ description: 'What is wrong with it' }),
      }),
      { description: 'Entries that are not what was written; at most 100' },
    ),
  },
  { title: 'LedgerCheck', description: 'What checking the ledgers found' },
);
