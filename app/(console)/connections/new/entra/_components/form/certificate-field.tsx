'use client';

import { CircleAlert, Download, FileKey, RefreshCw, Upload } from 'lucide-react';
import { useEffect, useEffectEvent, useRef, useState, useTransition } from 'react';
import { reachServer } from '#components/connection/reach-server.ts';
import { Button } from '#components/ui/button.tsx';
import { CopyButton } from '#components/ui/copy-button.tsx';
import { ProblemAlert } from '#components/ui/feedback/problem-alert.tsx';
import { Spinner } from '#components/ui/feedback/spinner.tsx';
import type { CertificateDto } from '#lib/domain/connection/connection.ts';
import type { ActionResult, Problem } from '#lib/domain/problem.ts';
import { addCertificateAction, getCertificateAction } from '../../../actions.ts';

interface CertificateFieldProps {
  /** Empty: none yet. */
  readonly certificateId: string;
  readonly error: string | undefined;
  readonly onChange: (certificateId: string) => void;
}

/** A certificate in place of the client secret: generated on the server, or uploaded with its private key. */
export function CertificateField({ certificateId, error, onChange }: CertificateFieldProps) {
  const [certificate, setCertificate] = useState<CertificateDto | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [pending, start] = useTransition();
  const file = useRef<HTMLInputElement>(null);
  useKnownCertificate(certificateId, certificate, setCertificate);
  useKept(certificateId, () => {
    setProblem(GONE);
    onChange('');
  });

  function add(answer: Promise<ActionResult<CertificateDto>>) {
    start(async () => {
      const result = await reachServer(answer);
      setProblem(result.ok ? null : result.problem);
      if (!result.ok) return;
      setCertificate(result.value);
      onChange(result.value.id);
    });
  }

  const shown = certificate !== null && certificate.id === certificateId ? certificate : null;
  return (
    <fieldset className="grid gap-2">
      <legend className="mb-1.5 text-sm font-medium">Certificate</legend>
      {shown === null ? null : <Facts certificate={shown} />}
      <div className="flex flex-wrap items-center gap-2">
        <Button variant="outline" size="sm" disabled={pending} onClick={() => add(addCertificateAction({ kind: 'generate' }))}>
          {pending ? <Spinner /> : shown === null ? <FileKey aria-hidden /> : <RefreshCw aria-hidden />}
          {shown === null ? 'Generate a certificate' : 'Generate another'}
        </Button>
        <Button variant="outline" size="sm" disabled={pending} onClick={() => file.current?.click()}>
          <Upload aria-hidden />
          Upload PEM
        </Button>
        <input
          ref={file}
          type="file"
          accept=".pem,.crt,.cer,.key,text/plain"
          aria-label="PEM file with certificate and private key"
          className="hidden"
          onChange={(event) => {
            const chosen = event.target.files?.[0];
            event.target.value = '';
            if (chosen !== undefined) add(chosen.text().then((pem) => addCertificateAction({ kind: 'upload', pem })));
          }}
        />
      </div>
      {error === undefined ? null : (
        <p role="alert" className="flex items-start gap-1.5 text-xs text-destructive">
          <CircleAlert aria-hidden className="mt-0.5 size-3.5 shrink-0" />
          {error}
        </p>
      )}
      {problem === null ? null : <ProblemAlert problem={problem} />}
      <p className="text-xs text-muted-foreground">
        {shown === null
          ? 'The private key stays on this server, encrypted.'
          : 'Upload the downloaded file to the registration under Certificates & secrets, Certificates. Entra accepts it after about a minute.'}
      </p>
    </fieldset>
  );
}

const GONE: Problem = {
  code: 'certificate-gone',
  title: 'Entrada deleted the certificate, because this dialog was not used for an hour.',
  remedy: 'Generate or upload another one.',
  fixer: 'you',
};

/** Interval at which an open dialog reports its use, milliseconds: secrets of an abandoned dialog are deleted within the hour. */
const KEEP_MS = 5 * 60_000;

/** Keeps a certificate while a person works in this window or returns to it. */
function useKept(id: string, onGone: () => void): void {
  const last = useRef(0);
  const tellGone = useEffectEvent(onGone);
  useEffect(() => {
    if (id === '') return;
    last.current = Date.now();
    const keep = () => {
      if (document.visibilityState === 'hidden' || Date.now() - last.current < KEEP_MS) return;
      last.current = Date.now();
      void reachServer(getCertificateAction({ certificateId: id })).then((result) => {
        if (!result.ok && result.problem.code === 'not-found') tellGone();
      });
    };
    const events = ['pointerdown', 'keydown', 'visibilitychange'];
    for (const event of events) document.addEventListener(event, keep);
    return () => {
      for (const event of events) document.removeEventListener(event, keep);
    };
  }, [id]);
}

/** Loads the certificate after a page reload, when only its id is known. */
function useKnownCertificate(id: string, known: CertificateDto | null, restore: (certificate: CertificateDto) => void): void {
  useEffect(() => {
    if (id === '' || known?.id === id) return;
    let current = true;
    void reachServer(getCertificateAction({ certificateId: id })).then((result) => {
      if (current && result.ok) restore(result.value);
    });
    return () => {
      current = false;
    };
  }, [id, known, restore]);
}

function Facts({ certificate }: { readonly certificate: CertificateDto }) {
  const { thumbprint, notAfter, subject, pem } = certificate;
  return (
    <div className="grid gap-2 rounded-md border bg-card p-3">
      <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1 text-sm">
        <dt className="text-muted-foreground">Subject</dt>
        <dd className="truncate">{subject}</dd>
        <dt className="text-muted-foreground">Thumbprint</dt>
        <dd className="flex items-start gap-1">
          <span className="min-w-0 font-mono text-xs leading-5 break-all">{thumbprint}</span>
          <CopyButton value={thumbprint} label="Copy thumbprint" />
        </dd>
        <dt className="text-muted-foreground">Ends</dt>
        <dd className="tabular-nums">{notAfter.slice(0, 10)}</dd>
      </dl>
      <a
        href={`data:application/x-pem-file;base64,${btoa(pem)}`}
        download={`entrada-${thumbprint.slice(0, 8).toLowerCase()}.cer`}
        className="flex w-fit items-center gap-1.5 rounded-sm text-sm font-medium text-primary underline underline-offset-2"
      >
        <Download aria-hidden className="size-4" />
        Download certificate
      </a>
    </div>
  );
}
