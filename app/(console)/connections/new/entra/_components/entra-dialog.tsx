'use client';

import { CircleCheck } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { RefreshStates } from '#components/gateway/refresh-states.tsx';
import { Button } from '#components/ui/button.tsx';
import { ProblemAlert } from '#components/ui/feedback/problem-alert.tsx';
import { Spinner } from '#components/ui/feedback/spinner.tsx';
import { Dialog, DialogContent, DialogDescription, DialogTitle } from '#components/ui/overlay/dialog.tsx';
import type { Cloud, ConnectionDto, DemoConnectionDto, PreparationDto } from '#lib/domain/connection/connection.ts';
import type { GatewayOptionDto } from '#lib/domain/gateway/gateway.ts';
import { CreateStep } from './create-step.tsx';
import { DemoTenant } from './demo-tenant.tsx';
import { SettingsFields } from './form/settings-fields.tsx';
import { useConnectionForm } from './form/use-connection-form.ts';
import { PreparationPanel } from './preparation/preparation-panel.tsx';
import { usePreparation } from './preparation/use-preparation.ts';
import type { useFinish } from './use-finish.ts';
import { AuthenticateStep } from './verification/authenticate-step.tsx';
import { VerificationStatus } from './verification/verification-status.tsx';

interface EntraDialogProps {
  readonly gateways: readonly GatewayOptionDto[];
  readonly clouds: readonly Cloud[];
  readonly demo: DemoConnectionDto | null;
  readonly preparation: PreparationDto;
  /** The connection to change or to authenticate again; null: a new one. */
  readonly existing: ConnectionDto | null;
}

export function EntraDialog(props: EntraDialogProps) {
  const { existing } = props;
  const router = useRouter();
  const back = existing === null ? '/connections/new' : `/connections/${existing.id}`;
  return (
    <Dialog open onOpenChange={(open) => !open && router.push(back)}>
      <DialogContent
        className="flex h-[min(56rem,calc(100dvh-2rem))] w-[calc(100vw-2rem)] max-w-5xl flex-col gap-0 overflow-clip p-0 max-sm:h-dvh max-sm:max-h-dvh max-sm:w-screen max-sm:rounded-none max-sm:border-0"
        // The sign-in window is beside the dialog: a click outside must not discard the input.
        onInteractOutside={(event) => event.preventDefault()}
      >
        <div className="shrink-0 border-b px-5 py-3.5 pr-12">
          <DialogTitle className="text-base font-semibold">
            {existing === null ? 'Microsoft Entra ID (Azure Active Directory)' : `Edit ${existing.name}`}
          </DialogTitle>
          <DialogDescription className="text-muted-foreground">
            {existing === null
              ? 'Connect a tenant through an app registration in this tenant.'
              : 'The metadata and the tasks of the connection stay. Authenticate again when Entra requires it, or when the registration changes.'}
          </DialogDescription>
        </div>
        <DialogBody {...props} />
        {props.gateways.length === 0 ? null : <RefreshStates />}
      </DialogContent>
    </Dialog>
  );
}

function DialogBody({ gateways, clouds, demo, preparation: initial, existing }: EntraDialogProps) {
  const dialog = useConnectionForm(existing);
  const { form, control, finish } = dialog;
  const [wanted, setWanted] = useState<readonly string[] | null>(null);
  const preparation = usePreparation(initial, { ...form, wanted });
  const panel = <PreparationPanel preparation={preparation} wanted={wanted} onWanted={setWanted} />;
  const storedSecret = existing?.credential === 'secret' ? 'stored' : null;
  return (
    <>
      <div className="relative grid min-h-0 flex-1 overflow-y-auto lg:grid-cols-[minmax(0,1fr)_25rem] lg:overflow-hidden">
        <details className="border-b bg-muted/40 lg:hidden">
          <summary className="cursor-pointer px-5 py-3 font-medium focus-visible:-outline-offset-2">
            Preparing for authentication
          </summary>
          <div className="px-5 pb-5">{panel}</div>
        </details>
        <div className="relative grid content-start gap-4 p-5 lg:min-h-0 lg:overflow-y-auto">
          {demo === null || existing !== null ? null : (
            <DemoTenant
              demo={demo}
              filledIn={form.clientId === demo.clientId && form.clientSecret === demo.clientSecret}
              onFillIn={() => dialog.fillInDemo(demo)}
            />
          )}
          <SettingsFields
            form={form}
            errors={dialog.errors}
            gateways={gateways}
            clouds={clouds}
            secretKept={control.verification !== null && form.clientSecret === '' ? 'from-before-reload' : storedSecret}
            onChange={dialog.change}
            onBlur={dialog.touch}
          />
          <AuthenticateStep control={control} appOnly={form.signIn === 'app-only'} onAuthenticate={dialog.authenticate} />
          <VerificationStatus control={control} wanted={wanted} onTenant={(tenant) => dialog.change('tenant', tenant)} />
          <Finish dialog={dialog} existing={existing} />
        </div>
        <aside aria-labelledby="preparing" className="relative hidden min-h-0 overflow-y-auto border-l bg-muted/40 p-5 lg:block">
          <h2 id="preparing" className="mb-3 font-semibold">
            Preparing for authentication
          </h2>
          {panel}
        </aside>
      </div>
      <div className="flex shrink-0 flex-wrap items-center gap-2 border-t bg-popover px-5 py-3">
        <Button variant="outline" disabled={!dialog.verified || finish.testing} onClick={finish.test}>
          {finish.testing ? <Spinner /> : null}
          Test connection
        </Button>
        <div className="ml-auto flex gap-2">
          <Button disabled={!dialog.canFinish} onClick={() => finish.finish()}>
            {finish.finishing ? <Spinner /> : null}
            {existing === null ? 'Create' : 'Save'}
          </Button>
          <Button variant="ghost" onClick={finish.cancel}>
            Cancel
          </Button>
        </div>
      </div>
    </>
  );
}

interface FinishProps {
  readonly dialog: ReturnType<typeof useConnectionForm>;
  readonly existing: ConnectionDto | null;
}

/** Name and expiry, and the result of Test connection, Create or Save. */
function Finish({ dialog, existing }: FinishProps) {
  const { control, finish, form } = dialog;
  const { problem } = finish;
  const refused = problem === null ? null : [problem.title, problem.remedy].filter(Boolean).join(' ');
  const nameRefused = problem?.field === 'name' || problem?.code === 'name-taken';
  const expiryRefused = problem?.field === 'secretExpiresOn';
  return (
    <>
      <CreateStep
        name={dialog.name}
        nameError={nameRefused ? refused : null}
        expiresOn={dialog.expiresOn}
        expiryError={expiryRefused ? refused : null}
        knownExpiry={knownExpiry(dialog.verified ? control.verification : null, existing)}
        asksForExpiry={form.credential === 'secret' && (dialog.verified || existing !== null)}
        openMetadata={existing === null ? dialog.openMetadata : null}
        onName={dialog.setName}
        onExpiresOn={dialog.setExpiresOn}
        onOpenMetadata={dialog.setOpenMetadata}
      />
      <Outcome finish={finish} shownAtField={nameRefused || expiryRefused} />
    </>
  );
}

/** The end according to Entra: of the secret that was just verified, or of the stored one while no other is entered. */
function knownExpiry(
  verification: { readonly credentialExpiresAt: string | null } | null,
  existing: ConnectionDto | null,
): string | null {
  if (verification !== null) return verification.credentialExpiresAt?.slice(0, 10) ?? null;
  return existing?.expirySource === 'registration' ? (existing.credentialExpiresAt?.slice(0, 10) ?? null) : null;
}

function Outcome({ finish, shownAtField }: { readonly finish: ReturnType<typeof useFinish>; readonly shownAtField: boolean }) {
  const { tested, problem } = finish;
  return (
    <>
      {tested?.ok ? (
        <p role="status" className="flex items-center gap-2">
          <CircleCheck aria-hidden className="size-4 shrink-0 text-success" />
          Graph answered as {tested.value.account} in {tested.value.latencyMs} ms.
        </p>
      ) : null}
      {tested !== null && !tested.ok ? <ProblemAlert problem={tested.problem} /> : null}
      {problem === null || shownAtField ? null : <ProblemAlert problem={problem} />}
      {problem?.code === 'tasks-not-reached' ? (
        <Button variant="outline" className="justify-self-start" disabled={finish.finishing} onClick={() => finish.finish(true)}>
          Save anyway
        </Button>
      ) : null}
    </>
  );
}
