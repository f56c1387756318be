import { createHash } from 'node:crypto';
import type { EmulatorResponse } from '#lib/emulator/contract.ts';

/** Escaped markup. */
export interface Html {
  readonly markup: string;
}

type Value = Html | string | number | null | readonly (Html | null)[];

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Template for markup; escapes every value except markup. Null and empty lists render nothing. */
export function html(strings: TemplateStringsArray, ...values: readonly Value[]): Html {
  const markup = strings.map((text, index) => text + render(values[index] ?? null)).join('');
  return { markup };
}

function render(value: Value): string {
  if (value === null) return '';
  if (typeof value === 'string' || typeof value === 'number') {
    return String(value).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
  }
  if ('markup' in value) return value.markup;
  return value.map((item) => render(item)).join('');
}

const STYLE = `
:root{color-scheme:light dark;--bg:#eef1f6;--card:#fff;--ink:#16191f;--soft:#525b6b;--line:#d5dae3;--accent:#1f5fd0;--on:#fff;--hover:#f2f5fa;--bad:#b3261e;--warn-bg:#fff6dc;--warn-ink:#5c4400}
@media (prefers-color-scheme:dark){:root{--bg:#0e1116;--card:#171b22;--ink:#e9ecf2;--soft:#a3adbd;--line:#2d3440;--accent:#7aa9ff;--on:#0b1220;--hover:#1f252e;--bad:#ff9d94;--warn-bg:#2c2510;--warn-ink:#f1d98c}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:grid;place-items:center;padding:24px;background:var(--bg);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
main{width:100%;max-width:460px}
main.wide{max-width:860px}
.banner{display:flex;gap:10px;align-items:center;margin:0 0 12px;padding:8px 12px;border-radius:8px;background:var(--warn-bg);color:var(--warn-ink);font-size:13px}
.banner strong{white-space:nowrap}
.card{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:32px;box-shadow:0 8px 30px #0000001a}
h1{font-size:23px;line-height:1.25;margin:0 0 6px;font-weight:620;letter-spacing:-.01em}
h2{font-size:15px;margin:24px 0 8px}
p{margin:0 0 14px}.soft{color:var(--soft)}.small{font-size:13px}
code,pre{font:13px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;overflow-wrap:anywhere}
pre{white-space:pre-wrap;background:var(--hover);border:1px solid var(--line);border-radius:8px;padding:12px;margin:0 0 14px;max-height:340px;overflow:auto}
label{display:block;font-weight:560;margin:0 0 6px}
input[type=text],input[type=password],input[type=email]{width:100%;padding:10px 12px;font:inherit;color:inherit;background:transparent;border:1px solid var(--soft);border-radius:8px}
input[aria-invalid=true]{border-color:var(--bad)}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
button,.button{font:inherit;font-weight:560;padding:9px 20px;border-radius:8px;border:1px solid var(--line);background:transparent;color:inherit;cursor:pointer;text-decoration:none;display:inline-block}
button:hover,.button:hover{background:var(--hover)}
button.primary{background:var(--accent);border-color:var(--accent);color:var(--on)}
button.primary:hover{filter:brightness(1.07)}
.row{display:flex;gap:10px;justify-content:flex-end;margin-top:22px;flex-wrap:wrap}
.row.reversed{flex-direction:row-reverse;justify-content:flex-start}
.accounts{list-style:none;margin:14px 0 0;padding:0;border-top:1px solid var(--line)}
.accounts li{border-bottom:1px solid var(--line)}
.accounts button{display:grid;grid-template-columns:40px 1fr auto;gap:2px 12px;align-items:center;text-align:left;width:100%;border:0;border-radius:0;padding:10px 6px;font-weight:400}
.accounts .avatar{grid-row:span 2;width:38px;height:38px;border-radius:50%;display:grid;place-items:center;background:var(--accent);color:var(--on);font-weight:600;font-size:14px}
.accounts .name{font-weight:560}.accounts .upn{grid-column:2/4;color:var(--soft);font-size:13px;overflow-wrap:anywhere}
.tag{font-size:12px;border:1px solid var(--line);border-radius:99px;padding:1px 9px;color:var(--soft);white-space:nowrap}
.error{color:var(--bad);margin:8px 0 0}
.permissions{list-style:none;margin:0;padding:0}
.permissions li{padding:10px 0;border-top:1px solid var(--line)}
.permissions strong{display:block;font-weight:560}
table{width:100%;border-collapse:collapse;font-size:14px}td,th{text-align:left;padding:7px 8px 7px 0;border-bottom:1px solid var(--line);vertical-align:top;overflow-wrap:anywhere}
.check{display:flex;gap:10px;align-items:flex-start;margin-top:14px;font-weight:400}
dl{display:grid;grid-template-columns:auto 1fr;gap:4px 16px;margin:0;font-size:13px}dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
`;

const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');

export interface PageOptions {
  readonly title: string;
  readonly status?: number;
  readonly wide?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
  /** The only inline script of a page, if any. */
  readonly script?: string;
}

/** A whole page. It loads nothing, and no other site may frame it. */
export function page(options: PageOptions, content: Html): EmulatorResponse {
  const { title, script } = options;
  const scriptHash = script === undefined ? '' : createHash('sha256').update(script).digest('base64');
  const document = html`<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title><link rel="icon" href="data:,"><style>${{ markup: STYLE }}</style></head>
<body><main${options.wide === true ? { markup: ' class="wide"' } : ''}>
<p class="banner"><strong>Demo tenant</strong><span>Entrada emulator, not Microsoft. Nothing here is real.</span></p>
<div class="card">${content}</div></main>${script === undefined ? '' : { markup: `<script>${script}</script>` }}</body></html>`;
  return {
    status: options.status ?? 200,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'content-security-policy': `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; img-src data:; frame-ancestors 'none'; base-uri 'none'${script === undefined ? '' : `; script-src 'sha256-${scriptHash}'`}`,
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      ...options.headers,
    },
    body: document.markup,
  };
}
