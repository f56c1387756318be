import { expect, test } from 'vitest';
import { parseFilter } from './filter.ts';
import { checkFilter } from './filter-support.ts';

const ROW = {
  displayName: "Conan O'Brien",
  accountEnabled: true,
  age: 41,
  mail: null,
  createdDateTime: '2024-02-29T10:00:00.1234567Z',
  groupTypes: ['Unified'],
  assignedLicenses: [{ skuId: '05e9a617-0261-4cee-bb44-138d3ef5d965' }],
  employeeOrgData: { division: 'North' },
};

test.each([
  ["displayName eq 'conan o''brien'", true],
  ["DISPLAYNAME eq 'x'", false],
  ["displayName ne 'x'", true],
  ["displayName in ('x', 'Conan O''Brien')", true],
  ["startsWith(displayName,'con')", true],
  ["startswith(displayName, 'bri')", false],
  ["endsWith(displayName,'BRIEN')", true],
  ['accountEnabled eq true', true],
  ['accountEnabled eq false', false],
  ['mail eq null', true],
  ['mail ne null', false],
  ['createdDateTime ge 2024-02-29T00:00:00Z and createdDateTime le 2024-03-01T00:00:00Z', true],
  ['createdDateTime le 2024-02-29T10:00:00Z', false],
  ["groupTypes/any(t:t eq 'Unified')", true],
  ["groupTypes/any(t:t eq 'DynamicMembership')", false],
  ['assignedLicenses/any(l:l/skuId eq 05e9a617-0261-4cee-bb44-138d3ef5d965)', true],
  ["employeeOrgData/division eq 'North'", true],
  ["not(startsWith(displayName,'Con'))", false],
  ["accountEnabled eq false or (accountEnabled eq true and startsWith(displayName,'C'))", true],
  ['age ge 41', true],
  ['age le 40', false],
])('%s is %s', (text, expected) => {
  expect(parseFilter(text).test(ROW)).toBe(expected);
});

test.each(["displayName ne 'x'", "endsWith(mail,'x')", 'mail eq null', "not(displayName eq 'x')"])(
  '%s is an advanced query',
  (text) => {
    expect(parseFilter(text).advanced).toBe(true);
  },
);

test.each(["displayName eq 'x'", "startsWith(displayName,'x')", "displayName in ('a','b')"])('%s needs no header', (text) => {
  expect(parseFilter(text).advanced).toBe(false);
});

test.each([
  ["displayName eq 'open", /Syntax error/],
  ['displayName', /Syntax error/],
  ["displayName eq 'a' displayName eq 'b'", /Syntax error/],
  ["contains(displayName,'x')", /Unsupported/],
  ['age gt 3', /Unsupported/],
  [`displayName in (${Array.from({ length: 16 }, (_, i) => `'${i}'`).join(',')})`, /Max allowed: 15/],
])('%s is refused', (text, message) => {
  expect(() => parseFilter(text)).toThrow(message);
});

test.each([
  ["id ge '1'", 'user', true, /not indexed/],
  ["id le '1'", 'group', true, /not indexed/],
  ["displayName ge 'A'", 'user', false, /not indexed/],
  ["startsWith(id,'1')", 'user', true, /invalid query filter clause/],
  ["startsWith(jobTitle,'x')", 'user', true, /invalid query filter clause/],
  ["startsWith(companyName,'x')", 'user', false, /Unsupported Query/],
  ["userPrincipalName ge 'a'", 'user', true, /invalid query filter clause/],
  ["employeeId ge '1'", 'user', true, /invalid query filter clause/],
])('%s of a %s is refused (advanced: %s)', (text, type, advanced, message) => {
  expect(() => checkFilter(parseFilter(text), type, advanced)).toThrow(message);
});

test.each([
  ["startsWith(userPrincipalName,'a')", 'user', false],
  ["startsWith(companyName,'x')", 'user', true],
  ["startsWith(jobTitle,'x') or jobTitle eq 'x'", 'group', false],
  ['createdDateTime ge 2024-01-01T00:00:00Z and createdDateTime le 2024-02-01T00:00:00Z', 'user', false],
  ["userPrincipalName le 'b'", 'user', false],
  ["id eq '1' or id in ('2')", 'user', false],
  ["startsWith(extension_5d1c8a40c3b74b0e9a2f61c7e4d98b12_costCenter,'CC')", 'user', false],
])('%s of a %s is taken (advanced: %s)', (text, type, advanced) => {
  expect(() => checkFilter(parseFilter(text), type, advanced)).not.toThrow();
});
