import type { CreateCustomer } from '../customers/index.ts';
import type { AddMember } from '../members/index.ts';

/** A customer of the demo: who it is, and what happens to it afterwards. */
export interface DemoCustomer extends CreateCustomer {
  team?: Omit<AddMember, 'customer_id'>[];
  archived?: true;
}

const at = (
  country: string,
  city: string,
  postal_code: string,
  line1: string,
  state: string | null = null,
) => ({ line1, city, postal_code, state, country });

const member = (email: string, name: string, role: AddMember['role'] = 'member') => ({
  email,
  name,
  role,
});

/** Companies with teams. */
const companies: DemoCustomer[] = [
  {
    external_id: 'crm-1001',
    email: 'billing@nordlicht-energie.example',
    name: 'Nordlicht Energie GmbH',
    type: 'team',
    customer_type: 'BUSINESS',
    locale: 'de-DE',
    preferred_currency: 'EUR',
    industry: 'Energy',
    billing_address: at('DE', 'Hamburg', '20457', 'Am Sandtorkai 30'),
    tax_identifiers: { eu_vat: 'DE136695976' },
    metadata: { plan: 'enterprise', seats: 120, reference: true },
    owner: { name: 'Jörg Lüders', email: 'j.lueders@nordlicht-energie.example' },
    team: [
      member('einkauf@nordlicht-energie.example', 'Silke Brüggemann', 'billing_manager'),
      member('t.petersen@nordlicht-energie.example', 'Thies Petersen'),
      member('a.oezdemir@nordlicht-energie.example', 'Ayşe Özdemir'),
    ],
  },
  {
    external_id: 'crm-1002',
    email: 'ap@acme-analytics.example',
    name: 'Acme Analytics Inc.',
    type: 'team',
    customer_type: 'BUSINESS',
    locale: 'en-US',
    preferred_currency: 'USD',
    industry: 'Software',
    billing_address: at('US', 'New York', '10013', '180 Varick Street, Floor 6', 'US-NY'),
    metadata: { plan: 'growth', seats: 45 },
    owner: { name: 'Grace Okafor', email: 'grace@acme-analytics.example' },
    team: [
      member('finance@acme-analytics.example', 'Dan Whitfield', 'billing_manager'),
      member('priya@acme-analytics.example', 'Priya Raman'),
    ],
  },
  {
    external_id: 'crm-1003',
    email: 'compta@cafe-zurich.example',
    name: 'Café Zürich SA',
    type: 'team',
    customer_type: 'BUSINESS',
    locale: 'fr-CH',
    preferred_currency: 'CHF',
    industry: 'Hospitality',
    billing_address: at('CH', 'Genève', '1204', 'Rue du Rhône 8'),
    metadata: { plan: 'starter', seats: 6 },
    owner: { name: 'Hélène Favre' },
    team: [member('reto@cafe-zurich.example', 'Reto Gäumann')],
  },
  {
    external_id: 'crm-1004',
    email: 'faktury@wislany-brzeg.example',
    name: 'Wiślany Brzeg Sp. z o.o.',
    type: 'team',
    customer_type: 'BUSINESS',
    locale: 'pl-PL',
    preferred_currency: 'PLN',
    industry: 'Logistics',
    billing_address: at('PL', 'Kraków', '31-044', 'ul. Grodzka 52'),
    tax_identifiers: { eu_vat: 'PL8567346215' },
    metadata: { plan: 'growth', seats: 30 },
    owner: { name: 'Łukasz Wiśniewski', email: 'lukasz@wislany-brzeg.example' },
    team: [member('zofia@wislany-brzeg.example', 'Zofia Dąbrowska', 'billing_manager')],
  },
  {
    external_id: 'crm-1005',
    email: 'keiri@sakura-seisakusho.example',
    name: '株式会社さくら製作所',
    legal_name: 'Sakura Seisakusho K.K.',
    type: 'team',
    customer_type: 'BUSINESS',
    locale: 'ja-JP',
    preferred_currency: 'JPY',
    industry: 'Manufacturing',
    billing_address: at('JP', '大阪市', '530-0001', '北区梅田 1-2-3'),
    metadata: { plan: 'enterprise', seats: 80 },
    owner: { name: '田中 美咲', email: 'tanaka@sakura-seisakusho.example' },
    team: [
      member('sato@sakura-seisakusho.example', '佐藤 健'),
      member('suzuki@sakura-seisakusho.example', '鈴木 花子', 'billing_manager'),
    ],
  },
  {
    external_id: 'crm-1006',
    email: 'contabilidad@olivares-del-sur.example',
    name: 'Olivares del Sur, S.L.',
    type: 'team',
    customer_type: 'BUSINESS',
    locale: 'es-ES',
    preferred_currency: 'EUR',
    industry: 'Agriculture',
    billing_address: at('ES', 'Jaén', '23003', 'Calle Álamos, 14'),
    tax_identifiers: { eu_vat: 'ESB1234567' },
    metadata: { plan: 'starter', seats: 4 },
    owner: { name: 'Íñigo Núñez Peña' },
  },
  {
    external_id: 'crm-1007',
    email: 'invoices@prairie-robotics.example',
    name: 'Prairie Robotics Ltd.',
    type: 'team',
    customer_type: 'BUSINESS',
    locale: 'en-CA',
    preferred_currency: 'CAD',
    industry: 'Manufacturing',
    billing_address: at('CA', 'Winnipeg', 'R3C 4T3', '421 Mulvey Avenue', 'CA-MB'),
    metadata: { plan: 'growth', seats: 22 },
    owner: { name: "Niamh O'Sullivan", email: 'niamh@prairie-robotics.example' },
    team: [member('ops@prairie-robotics.example', 'Étienne Lavoie')],
  },
  {
    external_id: 'crm-1008',
    email: 'economia@fjordvind.example',
    name: 'Fjordvind AS',
    type: 'team',
    customer_type: 'BUSINESS',
    locale: 'nb-NO',
    preferred_currency: 'NOK',
    industry: 'Energy',
    billing_address: at('NO', 'Ålesund', '6002', 'Kongens gate 19'),
    metadata: { plan: 'growth', seats: 18 },
    owner: { name: 'Bjørn Ødegård' },
  },
];

/** The same companies and people again, as a second system would spell them. */
const lookalikes: DemoCustomer[] = [
  {
    external_id: 'shop-77',
    email: 'info@nordlicht-energie.example',
    name: 'NORDLICHT ENERGIE G.m.b.H.',
    customer_type: 'BUSINESS',
    billing_address: at('DE', 'Hamburg', '20457', 'Sandtorkai 30'),
    tax_identifiers: { eu_vat: 'DE136695976' },
  },
  {
    email: 'nordlicht.energie@mail.example',
    name: 'Nordlicht Energie',
    billing_address: at('DE', 'Hamburg', '20457', 'Am Sandtorkai 30'),
  },
  {
    external_id: 'shop-81',
    email: 'hello@acme-analytics.example',
    name: 'ACME Analytics, Inc',
    customer_type: 'BUSINESS',
    billing_address: at('US', 'New York', '10013', '180 Varick St', 'US-NY'),
  },
  {
    email: 'genf@cafe-zurich.example',
    name: 'Cafe Zurich S.A.',
    billing_address: at('CH', 'Geneva', '1204', '8 rue du Rhone'),
  },
  {
    email: 'lukasz.wisniewski@mail.example',
    name: 'Lukasz Wisniewski',
    billing_address: at('PL', 'Krakow', '31-044', 'Grodzka 52'),
  },
  {
    email: 'l.wisniewski@mail.example',
    name: 'Łukasz Wiśniewski',
    billing_address: at('PL', 'Kraków', '31-044', 'ul. Grodzka 52/3'),
  },
  {
    email: 'olivaresdelsur@mail.example',
    name: 'OLIVARES DEL SUR SL',
    billing_address: at('ES', 'Jaen', '23003', 'C/ Alamos 14'),
  },
];

/** Businesses whose VAT number is not right: a wrong digit, length, country or letter. */
const wrongNumbers: DemoCustomer[] = [
  ['crm-1101', 'Bäckerei Hoffmann OHG', 'DE', 'Leipzig', '04109', 'DE136695977'],
  ['crm-1102', 'Alpenblick Hotel GmbH', 'AT', 'Innsbruck', '6020', 'ATU1358562'],
  ['crm-1103', 'Éditions du Vieux Port', 'FR', 'Marseille', '13002', 'FR00303265045'],
  ['crm-1104', 'Officina Rossi S.r.l.', 'IT', 'Torino', '10121', '00743110158'],
  ['crm-1105', 'Ελαιώνες Καλαμάτας Α.Ε.', 'GR', 'Καλαμάτα', '24100', 'GR094259216'],
  ['crm-1106', 'De Groene Gracht B.V.', 'NL', 'Utrecht', '3511 LN', 'NL4495445X01'],
].map(([external_id = '', name = '', country = '', city = '', zip = '', eu_vat = '']) => ({
  external_id,
  email: `office-${external_id.slice(-4)}@business.example`,
  name,
  customer_type: 'BUSINESS' as const,
  billing_address: { city, postal_code: zip, country },
  tax_identifiers: { eu_vat },
  metadata: { plan: 'starter' },
}));

/** People, in many languages. */
const people: DemoCustomer[] = [
  ['Ana Gonçalves', 'PT', 'Coimbra', 'pt-PT'],
  ['Bartholomäus Grüßenbach', 'AT', 'Graz', 'de-AT'],
  ['Chloë van der Waal', 'BE', 'Gent', 'nl-BE'],
  ['Dmytro Шевченко', 'UA', 'Львів', 'uk-UA'],
  ['Đặng Thị Hồng', 'VN', 'Huế', 'vi-VN'],
  ['Eiríkur Þórðarson', 'IS', 'Akureyri', 'is-IS'],
  ['Fatima al-Zahra فاطمة الزهراء', 'MA', 'Fès', 'ar-MA'],
  ['Gwenaëlle Le Goff', 'FR', 'Quimper', 'br-FR'],
  ['Ilse Põld', 'EE', 'Tartu', 'et-EE'],
  ['José María Ibáñez', 'MX', 'Mérida', 'es-MX'],
  ['김서연', 'KR', '부산', 'ko-KR'],
  ['Ljubica Šarić', 'HR', 'Šibenik', 'hr-HR'],
  ['Małgorzata Żak', 'PL', 'Łódź', 'pl-PL'],
  ['נועה לוי', 'IL', 'חיפה', 'he-IL'],
  ["Siobhán O'Reilly", 'IE', 'Galway', 'en-IE'],
  ['ศิริพร ใจดี', 'TH', 'เชียงใหม่', 'th-TH'],
  ['Zoë D’Angelo-Müller', 'CH', 'Chur', 'rm-CH'],
].map(([name = '', country = '', city = '', locale = ''], i) => ({
  external_id: `app-${2001 + i}`,
  email: `person${i + 1}@people.example`,
  name,
  customer_type: 'CONSUMER' as const,
  locale,
  billing_address: { city, country },
  metadata: { plan: i % 3 === 0 ? 'pro' : 'free', newsletter: i % 2 === 0 },
}));

/** Customers that left. */
const former: DemoCustomer[] = [
  {
    external_id: 'crm-0007',
    email: 'office@former-glory.example',
    name: 'Former Glory Antiques',
    customer_type: 'BUSINESS',
    billing_address: at('GB', 'Bath', 'BA1 1LN', '4 Milsom Place'),
    metadata: { churned: '2025-11', reason: 'closed' },
    archived: true,
  },
  {
    external_id: 'crm-0012',
    email: 'billing@oldtown-cinema.example',
    name: 'Oldtown Cinema',
    type: 'team',
    owner: { name: 'Ruth Adeyemi', email: 'ruth@oldtown-cinema.example' },
    team: [member('tickets@oldtown-cinema.example', 'Box Office')],
    metadata: { churned: '2026-02', reason: 'price' },
    archived: true,
  },
  {
    email: 'former.person@people.example',
    name: 'Sven Nyström',
    billing_address: { city: 'Malmö', country: 'SE' },
    archived: true,
  },
];

/** Everybody in the demo workspace; made up, and reachable nowhere (`.example`, RFC 2606). */
export const demoCustomers: DemoCustomer[] = [
  ...companies,
  ...lookalikes,
  ...wrongNumbers,
  ...people,
  ...former,
];

/** How many of them a person would call duplicates of another. */
export const likelyDuplicates = lookalikes.length;
