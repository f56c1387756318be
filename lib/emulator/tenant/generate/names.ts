/** Given and family names in several scripts, and their Latin form for mail addresses. */
export interface NameSet {
  readonly given: readonly [string, ...string[]];
  readonly family: readonly [string, ...string[]];
  /** Given and family names in Latin letters, at the same indexes. */
  readonly latin: { readonly given: readonly string[]; readonly family: readonly string[] };
  readonly country: string;
  readonly language: string;
  readonly cities: readonly [string, ...string[]];
  /** Family name first. */
  readonly familyFirst?: true;
}

const same = (given: readonly [string, ...string[]], family: readonly [string, ...string[]]) => ({ given, family });
const ascii = (names: readonly string[]): string[] => names.map((name) => name.normalize('NFKD').replace(/[^A-Za-z]/g, ''));

function latin(names: Pick<NameSet, 'given' | 'family'>, rest: Pick<NameSet, 'country' | 'language' | 'cities'>): NameSet {
  return { ...names, ...rest, latin: { given: ascii(names.given), family: ascii(names.family) } };
}

/** Weighted by repetition: most people of the company are in Europe and America. */
export const NAME_SETS: readonly [NameSet, ...NameSet[]] = [
  latin(
    same(
      ['Adele', 'Alex', 'Diego', 'Isaiah', 'Joni', 'Lee', 'Megan', 'Nestor', 'Patti', 'Pradeep', 'Grace', 'Henrietta'],
      [
        'Vance',
        'Wilber',
        "O'Neill",
        'Langer',
        'Sherman',
        'Gu',
        'Bowen',
        'Wilke',
        'Fernandez',
        'Gupta',
        "D'Angelo",
        'Smith-Jones',
      ],
    ),
    { country: 'United States', language: 'en-US', cities: ['Seattle', 'Boston', 'Austin'] },
  ),
  latin(
    same(
      ['Jürgen', 'Käthe', 'Sören', 'Änne', 'Lukas', 'Friederike', 'Maximilian', 'Zoë'],
      ['Müller', 'Größmann', 'Weiß', 'Schäfer', 'von der Heide', 'Öztürk', 'Krämer', 'Lindemann'],
    ),
    { country: 'Germany', language: 'de-DE', cities: ['Köln', 'München', 'Düsseldorf'] },
  ),
  latin(
    same(
      ['Élodie', 'François', 'Maëlle', 'Noël', 'Théo', 'Chloé'],
      ['Lefèvre', 'Gérard', "L'Hôte", 'Béranger', 'Dupont', 'Saint-Exupéry'],
    ),
    { country: 'France', language: 'fr-FR', cities: ['Lyon', 'Besançon', 'Paris'] },
  ),
  latin(
    same(
      ['Łukasz', 'Żaneta', 'Małgorzata', 'Bożena', 'Stanisław'],
      ['Wiśniewski', 'Zieliński', 'Dąbrowska', 'Szczęsny', 'Kowalczyk'],
    ),
    { country: 'Poland', language: 'pl-PL', cities: ['Łódź', 'Kraków', 'Gdańsk'] },
  ),
  latin(same(['Nguyễn', 'Trần', 'Phạm', 'Đặng'], ['Văn Hùng', 'Thị Hồng', 'Quốc Bảo', 'Minh Châu']), {
    country: 'Vietnam',
    language: 'vi-VN',
    cities: ['Hà Nội', 'Đà Nẵng'],
  }),
  latin(same(['Björk', 'Åsa', 'Øyvind', 'Þórunn'], ['Jónsdóttir', 'Ångström', 'Bjørnstad', 'Sæmundsson']), {
    country: 'Iceland',
    language: 'is-IS',
    cities: ['Reykjavík', 'Akureyri'],
  }),
  {
    given: ['Дмитро', 'Олена', 'Сергій', 'Катерина'],
    family: ['Шевченко', 'Коваленко', 'Бойко', 'Лисенко'],
    latin: { given: ['Dmytro', 'Olena', 'Serhii', 'Kateryna'], family: ['Shevchenko', 'Kovalenko', 'Boiko', 'Lysenko'] },
    country: 'Ukraine',
    language: 'uk-UA',
    cities: ['Київ', 'Львів'],
  },
  {
    given: ['Νίκος', 'Ελένη', 'Γιώργος'],
    family: ['Παπαδόπουλος', 'Οικονόμου', 'Δημητρίου'],
    latin: { given: ['Nikos', 'Eleni', 'Giorgos'], family: ['Papadopoulos', 'Oikonomou', 'Dimitriou'] },
    country: 'Greece',
    language: 'el-GR',
    cities: ['Αθήνα', 'Θεσσαλονίκη'],
  },
  {
    given: ['محمد', 'فاطمة', 'يوسف'],
    family: ['الخطيب', 'حسن', 'عبد الله'],
    latin: { given: ['Mohamed', 'Fatima', 'Yousef'], family: ['Alkhatib', 'Hassan', 'Abdullah'] },
    country: 'Egypt',
    language: 'ar-EG',
    cities: ['القاهرة', 'الإسكندرية'],
  },
  {
    given: ['נועה', 'דוד', 'שירה'],
    family: ['כהן', 'לוי', 'מזרחי'],
    latin: { given: ['Noa', 'David', 'Shira'], family: ['Cohen', 'Levi', 'Mizrahi'] },
    country: 'Israel',
    language: 'he-IL',
    cities: ['תל אביב', 'חיפה'],
  },
  {
    given: ['伟', '秀英', '敏'],
    family: ['王', '李', '张'],
    latin: { given: ['Wei', 'Xiuying', 'Min'], family: ['Wang', 'Li', 'Zhang'] },
    country: 'China',
    language: 'zh-CN',
    cities: ['上海', '北京'],
    familyFirst: true,
  },
  {
    given: ['さくら', '健太', '陽子'],
    family: ['佐藤', '鈴木', '高橋'],
    latin: { given: ['Sakura', 'Kenta', 'Yoko'], family: ['Sato', 'Suzuki', 'Takahashi'] },
    country: 'Japan',
    language: 'ja-JP',
    cities: ['東京', '大阪'],
    familyFirst: true,
  },
  {
    given: ['민준', '서연', '지훈'],
    family: ['김', '이', '박'],
    latin: { given: ['Minjun', 'Seoyeon', 'Jihoon'], family: ['Kim', 'Lee', 'Park'] },
    country: 'Korea',
    language: 'ko-KR',
    cities: ['서울', '부산'],
    familyFirst: true,
  },
  {
    given: ['अर्जुन', 'प्रिया', 'राहुल'],
    family: ['शर्मा', 'वर्मा', 'गुप्ता'],
    latin: { given: ['Arjun', 'Priya', 'Rahul'], family: ['Sharma', 'Verma', 'Gupta'] },
    country: 'India',
    language: 'hi-IN',
    cities: ['मुंबई', 'दिल्ली'],
  },
];

export const DEPARTMENTS = [
  'Engineering',
  'Finance',
  'Human Resources',
  'Legal',
  'Logistics',
  'Marketing',
  'Research & Development',
  'Sales',
  'Support',
  'IT',
] as const;
export const JOB_TITLES = [
  'Engineer',
  'Senior Engineer',
  'Analyst',
  'Manager',
  'Director',
  'Specialist',
  'Consultant',
  'Architect',
  'Assistant',
  'Team Lead',
] as const;
export const COUNTRY_CODE: Readonly<Record<string, string>> = {
  'United States': 'US',
  Germany: 'DE',
  France: 'FR',
  Poland: 'PL',
  Vietnam: 'VN',
  Iceland: 'IS',
  Ukraine: 'UA',
  Greece: 'GR',
  Egypt: 'EG',
  Israel: 'IL',
  China: 'CN',
  Japan: 'JP',
  Korea: 'KR',
  India: 'IN',
};
