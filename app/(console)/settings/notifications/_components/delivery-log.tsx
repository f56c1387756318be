'use client';

import { useTransition } from 'react';
import { toast } from 'sonner';
import { TimeAgo } from '#components/run/time-ago.tsx';
import { Badge } from '#components/ui/badge.tsx';
import { Button } from '#components/ui/button.tsx';
import { Card } from '#components/ui/layout/card.tsx';
import { DELIVERY_STATE_LABEL, type DeliveryDto } from '#lib/domain/notification/delivery.ts';
import { sendDeliveryAgainAction } from '../actions.ts';

const VARIANT = { pending: 'info', delivered: 'success', dead: 'danger' } as const satisfies Record<DeliveryDto['state'], string>;

/** The latest deliveries, each with its attempts. */
export function DeliveryLog({ deliveries }: { readonly deliveries: readonly DeliveryDto[] }) {
  return (
    <section aria-labelledby="deliveries" className="grid gap-3">
      <h2 id="deliveries" className="text-base font-semibold">
        Delivery log
      </h2>
      {deliveries.length === 0 ? (
        <p className="text-muted-foreground">Entrada has not sent a message to a channel yet.</p>
      ) : (
        <Card>
          <ul className="divide-y">
            {deliveries.map((delivery) => (
              <Delivery key={delivery.id} delivery={delivery} />
            ))}
          </ul>
        </Card>
      )}
    </section>
  );
}

function Delivery({ delivery }: { readonly delivery: DeliveryDto }) {
  const [pending, start] = useTransition();
  function send() {
    start(async () => {
      const result = await sendDeliveryAgainAction({ deliveryId: delivery.id });
      if (!result.ok) toast.error(result.problem.title, { description: result.problem.remedy });
    });
  }
  return (
    <li className="grid gap-1.5 px-4 py-3">
      <div className="flex flex-wrap items-center gap-2">
        <Badge variant={VARIANT[delivery.state]}>{DELIVERY_STATE_LABEL[delivery.state]}</Badge>
        <span className="text-sm text-muted-foreground">
          {delivery.channelName}, <TimeAgo at={delivery.createdAt} />
        </span>
        {delivery.state === 'dead' ? (
          <Button variant="outline" size="sm" className="ml-auto" disabled={pending} onClick={send}>
            Send again
          </Button>
        ) : null}
      </div>
      <p className="break-words">{delivery.title}</p>
      {delivery.log.length === 0 ? null : (
        <details className="text-sm text-muted-foreground">
          <summary>Attempts: {delivery.log.length}</summary>
          <ol className="mt-1 grid gap-1">
            {delivery.log.map((attempt) => (
              <li key={attempt.number} className="break-words">
                {attempt.number}. {attempt.at.slice(0, 19).replace('T', ' ')} UTC, {attempt.durationMs} ms: {attempt.answer}
              </li>
            ))}
          </ol>
        </details>
      )}
    </li>
  );
}
