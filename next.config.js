/** Sent with every page. The content security policy, which has a nonce for each request, is the web server's (bin/launcher/web/web-headers.ts). */
const SECURITY_HEADERS = [
  { key: 'X-Content-Type-Options', value: 'nosniff' },
  { key: 'X-Frame-Options', value: 'DENY' },
  { key: 'Referrer-Policy', value: 'same-origin' },
  { key: 'Permissions-Policy', value: 'camera=(), microphone=(), geolocation=(), payment=()' },
];

/** The addresses of these pages hold a code or the token of a link: they must reach no cache and no other site (RFC 9700 section 4.2.4). */
const CODE_PAGE_HEADERS = [
  { key: 'Referrer-Policy', value: 'no-referrer' },
  { key: 'Cache-Control', value: 'no-store' },
];

/** @type {import('next').NextConfig} */
const config = {
  poweredByHeader: false,
  reactStrictMode: true,
  // Streamed metadata replaces the head of a page before its title is there: a refresh left the page without a title for a moment (WCAG 2.4.2).
  // No page's metadata waits for anything, so nothing is gained by streaming it.
  htmlLimitedBots: /.*/,
  // The development server would print what people type (passwords, client secrets) and the addresses that carry a code or a token.
  logging: { serverFunctions: false, incomingRequests: { ignore: [/\/auth\/oauth\/code/, /\/setup/, /\/set-password/] } },
  experimental: {
    // As large as the largest body that a route takes: the layer before the routes would cut a larger one without a word.
    proxyClientMaxBodySize: '64mb',
    // A page is loaded by its first request: the web process starts with 103 MB resident instead of 161 MB that hold every page.
    preloadEntriesOnStart: false,
  },
  // Types are checked by `npm run check`, which every change passes; a second time here was a third of the build.
  typescript: { ignoreBuildErrors: true },
  turbopack: { root: import.meta.dirname },
  serverExternalPackages: [
    '@azure/core-rest-pipeline',
    '@azure/identity',
    '@azure/msal-node',
    '@azure/storage-blob',
    '@duckdb/node-api',
    '@prisma/adapter-pg',
    '@prisma/client',
    'avsc',
    'mysql2',
    'nodemailer',
    'pg',
    'pg-boss',
    'pg-copy-streams',
    'pino',
    'undici',
  ],
  async headers() {
    return [
      { source: '/:path*', headers: SECURITY_HEADERS },
      ...['/auth/oauth/code', '/setup', '/set-password'].map((source) => ({ source, headers: CODE_PAGE_HEADERS })),
    ];
  },
};

export default config;
