/** Private terms of earlier versions, each with the term that replaced it. No identifier and no text may use them. */
export const COINED_NAMES: Readonly<Record<string, string>> = {
  BucketNews: 'BucketUpdate',
  ClaimWish: 'ClaimRequest',
  ComingPage: 'PendingPage',
  CommandIo: 'CommandContext',
  EarlyPull: 'PrefetchedKeys',
  EarlyTable: 'PreloadedTable',
  ForeignAnswerError: 'IntermediaryResponseError',
  HandedOverError: 'JobLeaseLostError',
  Sighting: 'UsageSample',
  TokenWish: 'TokenRequest',
  codeGarbled: 'codeUnreadable',
  codeSpent: 'withAuthenticateAgain',
  createTurn: 'createMutex',
  createWaitWatch: 'createWaitReporter',
  expectFitInEveryLook: 'expectFitInEveryLayout',
  expectRight: 'expectConverged',
  findWay: 'chooseStrategy',
  futile: 'ineffective',
  giveBody: 'releaseBuffer',
  giveDatabaseTo: 'transferDatabaseOwnership',
  hunger: 'waitForCapacity',
  noteGarbage: 'accountReleasedBytes',
  orMemory: 'withMemoryFallback',
  purse: 'claimed units',
  takeBody: 'acquireBuffer',
  untilAborted: 'raceAbort',
};

/** Words that comments must not use: a comment names what a value is, what a function returns or when it is called. */
export const AVOIDED_IN_COMMENTS: readonly string[] = ['told', 'tell', 'tells', 'telling', 'untold'];

/** Phrases of earlier messages that a reader had to decode. A text names who did what, and its remedy is an action. */
export const AVOIDED_IN_TEXTS: readonly string[] = [
  'beyond the builder',
  'closed to you',
  'goes in circles',
  'made anew',
  'make room',
  'makers of Entrada',
  'no more is known',
  'put this right',
  'start anew',
  'what (is|was|they) landed',
  'winding up',
  'would do as well',
];
