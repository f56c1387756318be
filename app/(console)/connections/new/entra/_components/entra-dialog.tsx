'use client';

import { CircleCheck } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { Button } from '#components/ui/button.tsx';
import { Dialog, DialogContent, DialogDescription, DialogTitle } from '#components/ui/dialog.tsx';
import { ProblemAlert } from '#components/ui/problem-alert.tsx';
import { Spinner } from '#components/ui/spinner.tsx';
import type { Cloud, DemoConnectionDto, PreparationDto } from '#lib/domain/connection.ts';
import { AuthenticateStep } from './authenticate-step.tsx';
import { CreateStep } from './create-step.tsx';
import { DemoTenant } from './demo-tenant.tsx';
import { PreparationPanel } from './preparation-panel.tsx';
import { type GatewayChoice, SettingsFields } from './settings-fields.tsx';
import { useConnectionForm } from './use-connection-form.ts';
import type { useFinish } from './use-finish.ts';
import { usePreparation } from './use-preparation.ts';
import { VerificationStatus } from './verification-status.tsx';

interface EntraDialogProps {
  readonly gateways: readonly GatewayChoice[];
  readonly clouds: readonly Cloud[];
  readonly demo: DemoConnectionDto | null;
  readonly preparation: PreparationDto;
}

export function EntraDialog(props: EntraDialogProps) {
  const router = useRouter();
  return (
    <Dialog open onOpenChange={(open) => !open && router.push('/connections/new')}>
      <DialogContent
        className="flex h-[min(56rem,calc(100dvh-2rem))] w-[calc(100vw-2rem)] max-w-5xl flex-col gap-0 overflow-clip p-0 max-sm:h-dvh max-sm:max-h-dvh max-sm:w-screen max-sm:rounded-none max-sm:border-0"
        // A window for signing in is opened beside the dialog: a click elsewhere must not throw away what was typed.
        onInteractOutside={(event) => event.preventDefault()}
      >
        <div className="shrink-0 border-b px-5 py-3.5 pr-12">
          <DialogTitle className="text-base font-semibold">Microsoft Entra ID (Azure Active Directory)</DialogTitle>
          <DialogDescription className="text-muted-foreground">
            Connect a tenant through its own app registration.
          </DialogDescription>
        </div>
        <DialogBody {...props} />
      </DialogContent>
    </Dialog>
  );
}

function DialogBody({ gateways, clouds, demo, preparation: initial }: EntraDialogProps) {
  const dialog = useConnectionForm();
  const { form, control, finish } = dialog;
  const preparation = usePreparation(initial, form);
  const nameProblem =
    finish.problem !== null && (finish.problem.field === 'name' || finish.problem.code === 'name-taken') ? finish.problem : null;
  return (
    <>
      <div className="relative grid min-h-0 flex-1 overflow-y-auto lg:grid-cols-[minmax(0,1fr)_25rem] lg:overflow-hidden">
        <details className="border-b bg-muted/40 lg:hidden">
          <summary className="cursor-pointer px-5 py-3 font-medium focus-visible:-outline-offset-2">
            Preparing for authentication
          </summary>
          <div className="px-5 pb-5">
            <PreparationPanel preparation={preparation} />
          </div>
        </details>
        <div className="relative grid content-start gap-4 p-5 lg:min-h-0 lg:overflow-y-auto">
          {demo === null ? null : (
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
            secretKept={control.verification !== null && form.clientSecret === ''}
            onChange={dialog.change}
            onBlur={dialog.touch}
          />
          <AuthenticateStep control={control} onAuthenticate={dialog.authenticate} />
          <VerificationStatus control={control} />
          <CreateStep
            name={dialog.name}
            nameError={nameProblem === null ? null : [nameProblem.title, nameProblem.remedy].filter(Boolean).join(' ')}
            openMetadata={dialog.openMetadata}
            onName={dialog.setName}
            onOpenMetadata={dialog.setOpenMetadata}
          />
          <Outcome finish={finish} nameRefused={nameProblem !== null} />
        </div>
        <aside aria-labelledby="preparing" className="relative hidden min-h-0 overflow-y-auto border-l bg-muted/40 p-5 lg:block">
          <h2 id="preparing" className="mb-3 font-semibold">
            Preparing for authentication
          </h2>
          <PreparationPanel preparation={preparation} />
        </aside>
      </div>
      <div className="flex shrink-0 flex-wrap items-center gap-2 border-t bg-popover px-5 py-3">
        <Button variant="outline" disabled={!dialog.verified || finish.testing} onClick={finish.test}>
          {finish.testing ? <Spinner /> : null}
          Test connection
        </Button>
        <div className="ml-auto flex gap-2">
          <Button disabled={!dialog.canCreate} onClick={finish.create}>
            {finish.creating ? <Spinner /> : null}
            Create
          </Button>
          <Button variant="ghost" onClick={finish.cancel}>
            Cancel
          </Button>
        </div>
      </div>
    </>
  );
}

/** What Test connection and Create answered. */
function Outcome({ finish, nameRefused }: { readonly finish: ReturnType<typeof useFinish>; readonly nameRefused: boolean }) {
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
      {problem === null || nameRefused ? null : <ProblemAlert problem={problem} />}
    </>
  );
}
