const LONGEST = 254;
const WRAPPED = /^[^<>]*<([^<>]+)>$/;
const LOCAL = /^[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+(\.[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+)*$/u;
const LABEL = /^[\p{L}\p{M}\p{N}]([\p{L}\p{M}\p{N}-]{0,61}[\p{L}\p{M}\p{N}])?$/u;

/**
 * Reads an e-mail address by its syntax alone (README decision 17): surrounding blanks and a
 * `Name <address>` wrapper are taken off, the domain is lower-cased, the local part stays as typed.
 * Out: the address, or the reason why it is none.
 */
export function readEmail(text: string): { email: string } | { reason: string } {
  const wrapped = WRAPPED.exec(text.trim());
  const address = (wrapped?.[1] ?? text).trim().normalize('NFC');
  const at = address.lastIndexOf('@');
  if (at < 1) return { reason: 'An e-mail address needs a name and a domain around one @' };
  const local = address.slice(0, at);
  const domain = address.slice(at + 1).toLowerCase();
  if (address.length > LONGEST || Buffer.byteLength(local) > 64) {
    return { reason: `An e-mail address has at most ${LONGEST} characters` };
  }
  if (!LOCAL.test(local)) return { reason: 'The part before the @ is not valid' };
  const labels = domain.split('.');
  if (
    labels.length < 2 ||
    !labels.every((l) => LABEL.test(l)) ||
    /^\d+$/.test(labels.at(-1) ?? '')
  ) {
    return { reason: 'The domain of the e-mail address is not valid' };
  }
  return { email: `${local}@${domain}` };
}
