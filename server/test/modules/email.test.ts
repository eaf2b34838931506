import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readEmail } from '../../src/kernel/email.ts';

it.each([
  ['ann@example.com', 'ann@example.com'],
  ['Ann.Lee+tag@Mail.Example.COM', 'Ann.Lee+tag@mail.example.com'],
  [' ann@example.com\n', 'ann@example.com'],
  ['Ann Lee <ann@example.com>', 'ann@example.com'],
  ['<ann@example.com>', 'ann@example.com'],
  ['łukasz.żółw@przykład.pl', 'łukasz.żółw@przykład.pl'],
  ['用户@例子.测试', '用户@例子.测试'],
  ['ann@xn--bcher-kva.example', 'ann@xn--bcher-kva.example'],
  ["o'hara!#$%&*+/=?^_`{|}~-@example.com", "o'hara!#$%&*+/=?^_`{|}~-@example.com"],
  ['a@b.test', 'a@b.test'],
  ['a@x.invalid', 'a@x.invalid'],
  ['1@2.co', '1@2.co'],
  // One normal form, so that no look-alike in another form is a neighbour (threats.md T19).
  ['cafe\u0301@example.com', 'café@example.com'],
  ['\u212Aate@example.com', 'Kate@example.com'],
])('reads %s', (given, email) => {
  expect(readEmail(given)).toEqual({ email });
});

it.each([
  ['', ' ', 'ann', '@', 'ann@', '@example.com', 'ann@example', 'ann@.com', 'ann@example.com.'],
  ['a..b@example.com', '.a@example.com', 'a.@example.com', 'a b@example.com', '"a b"@example.com'],
  ['ann@[127.0.0.1]', 'ann@127.0.0.1', 'ann@exa_mple.com', 'ann@-example.com', 'ann@example-.com'],
  [
    'ann@@example.com',
    'ann,bob@example.com',
    'ann@example.com, bob@example.com',
    'a\0b@example.com',
  ],
  [
    'ann@example.com\r\nBcc: eve@example.com',
    'a\u2028b@example.com',
    'ann\r@example.com',
    'a(b)@example.com',
  ],
  [
    'Ann <ann@example.com> x',
    'Ann <<ann@example.com>>',
    'a;b@example.com',
    'a\u200bb@example.com',
    'a\u202eb@x.com',
  ],
  [
    `${'l'.repeat(65)}@example.com`,
    `a@${'d'.repeat(64)}.com`,
    `a@${'d.'.repeat(130)}com`,
    `a@${'ä'.repeat(64)}.com`,
  ],
])('refuses %s and others like it', (...addresses) => {
  for (const address of addresses)
    expect([address, readEmail(address)]).toEqual([address, { reason: expect.any(String) }]);
});

it('reads every ordinary address, and its own answer as it is', () => {
  fc.assert(
    fc.property(fc.emailAddress(), (address) => {
      const read = readEmail(address);
      const at = address.lastIndexOf('@');
      expect(read).toEqual({ email: address.slice(0, at) + address.slice(at).toLowerCase() });
      expect(readEmail((read as { email: string }).email)).toEqual(read);
    }),
  );
});

it('answers any text with an address of safe form or a reason', () => {
  const parts = fc.constantFrom(
    '@',
    '.',
    'a',
    'Ł',
    '<',
    '>',
    ' ',
    '\r\n',
    '"',
    '\0',
    '\ud800',
    'é',
    'x.example',
    '😀',
  );
  const texts = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(parts, { maxLength: 12 }).map((p) => p.join('')),
  );
  fc.assert(
    fc.property(texts, (text) => {
      const read = readEmail(text);
      if ('reason' in read) return;
      expect(read.email).toMatch(/^[^\s<>"(),:;[\]\\@\p{C}]+@[^\s@\p{C}]+\.[^\s@\p{C}]+$/u);
      expect(read.email.length).toBeLessThanOrEqual(254);
      expect(readEmail(read.email)).toEqual(read);
    }),
    { numRuns: 300 },
  );
});
