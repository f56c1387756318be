'use client';

import { useRouter } from 'next/navigation';
import { useOptimistic, useTransition } from 'react';
import { Tabs, TabsContent, TabsList, TabsTrigger } from '#components/ui/layout/tabs.tsx';
import { MetadataTab, metadataHref } from '../metadata-search.ts';

const LABEL = {
  columns: 'Columns',
  preview: 'Preview',
  filter: 'Filter',
  relationships: 'Relationships',
} satisfies Record<MetadataTab, string>;

interface DatasetTabsProps {
  readonly connectionId: string;
  readonly datasetName: string;
  readonly tab: MetadataTab;
  /** Content of `tab`. */
  readonly children: React.ReactNode;
}

/** Tabs of a dataset; the URL has the open one. */
export function DatasetTabs({ connectionId, datasetName, tab, children }: DatasetTabsProps) {
  const router = useRouter();
  const [, start] = useTransition();
  const [shown, setShown] = useOptimistic(tab);

  function open(value: string) {
    const next = MetadataTab.parse(value);
    start(() => {
      setShown(next);
      router.replace(metadataHref(connectionId, datasetName, next), { scroll: false });
    });
  }

  return (
    <Tabs value={shown} onValueChange={open} className="mt-2 flex min-h-0 flex-1 flex-col gap-0">
      <TabsList className="mx-4">
        {MetadataTab.options.map((option) => (
          <TabsTrigger key={option} value={option}>
            {LABEL[option]}
          </TabsTrigger>
        ))}
      </TabsList>
      <TabsContent value={shown} className={`flex min-h-0 flex-1 flex-col p-4 pt-3 ${shown === tab ? '' : 'opacity-60'}`}>
        {children}
      </TabsContent>
    </Tabs>
  );
}
