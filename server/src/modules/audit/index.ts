export { type AuditDamage, type AuditRow, listAudit, verifyAudit } from './read-audit.ts';
