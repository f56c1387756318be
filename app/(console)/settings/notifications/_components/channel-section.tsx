'use client';

import { useState, useTransition } from 'react';
import { toast } from 'sonner';
import { ConfirmButton } from '#components/run/confirm-button.tsx';
import { Badge } from '#components/ui/badge.tsx';
import { Button } from '#components/ui/button.tsx';
import { Card } from '#components/ui/layout/card.tsx';
import { CHANNEL_KIND_LABEL, type ChannelDto } from '#lib/domain/notification/channel.ts';
import { deleteChannelAction, testChannelAction, updateChannelAction } from '../actions.ts';
import { ChannelDialog } from './channel-dialog.tsx';

interface ChannelSectionProps {
  readonly channels: readonly ChannelDto[];
  readonly canManage: boolean;
  readonly hasMail: boolean;
}

export function ChannelSection({ channels, canManage, hasMail }: ChannelSectionProps) {
  const [open, setOpen] = useState(false);
  return (
    <section aria-labelledby="channels" className="grid gap-3">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <h2 id="channels" className="text-base font-semibold">
          Channels
        </h2>
        {canManage ? (
          <Button size="sm" onClick={() => setOpen(true)}>
            Create channel
          </Button>
        ) : null}
      </div>
      {channels.length === 0 ? (
        <p className="text-muted-foreground">No channel yet: Entrada sends notifications only to the inbox.</p>
      ) : (
        <Card>
          <ul className="divide-y">
            {channels.map((channel) => (
              <ChannelRow key={channel.id} channel={channel} canManage={canManage} />
            ))}
          </ul>
        </Card>
      )}
      {open ? <ChannelDialog hasMail={hasMail} onClose={() => setOpen(false)} /> : null}
    </section>
  );
}

function ChannelRow({ channel, canManage }: { readonly channel: ChannelDto; readonly canManage: boolean }) {
  const [pending, start] = useTransition();
  const { id: channelId, name, enabled } = channel;

  function test() {
    start(async () => {
      const result = await testChannelAction({ channelId });
      if (!result.ok) toast.error(result.problem.title, { description: result.problem.remedy });
      else if (result.value.delivered) toast.success(`${name} accepted the test message`, { description: result.value.answer });
      else toast.error(`${name} did not accept the test message`, { description: result.value.answer });
    });
  }

  function toggle() {
    start(async () => {
      const result = await updateChannelAction({ channelId, name, enabled: !enabled });
      if (!result.ok) toast.error(result.problem.title, { description: result.problem.remedy });
    });
  }

  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-2 px-4 py-3">
      <span className="min-w-40 flex-1">
        <span className="flex flex-wrap items-center gap-2 font-medium">
          {name}
          <Badge>{CHANNEL_KIND_LABEL[channel.kind]}</Badge>
          {enabled ? null : <Badge variant="warning">Off</Badge>}
        </span>
        <span className="block text-sm break-all text-muted-foreground">{channel.host ?? channel.to.join(', ')}</span>
      </span>
      <Button variant="outline" size="sm" disabled={pending} onClick={test}>
        Send test
        <span className="sr-only"> to {name}</span>
      </Button>
      {canManage ? (
        <>
          <Button variant="ghost" size="sm" disabled={pending} onClick={toggle}>
            {enabled ? 'Switch off' : 'Switch on'}
            <span className="sr-only"> {name}</span>
          </Button>
          <ConfirmButton
            label="Delete"
            variant="ghost"
            title={`Delete ${name}?`}
            description="This also deletes the delivery log and the pending deliveries of the channel."
            onConfirm={async () => {
              const result = await deleteChannelAction({ channelId });
              return result.ok ? null : result.problem;
            }}
          />
        </>
      ) : null}
    </li>
  );
}
