'use client';

import { useTheme } from 'next-themes';
import { useEffect, useRef, useState } from 'react';
import 'swagger-ui-dist/swagger-ui.css';
import './api-reference.css';

interface SwaggerModule {
  readonly default: (options: Readonly<Record<string, unknown>>) => unknown;
}

/** Swagger UI over the description of the API, both served by Entrada. The script is loaded on this page only. */
export function ApiReference() {
  const place = useRef<HTMLDivElement>(null);
  const { resolvedTheme } = useTheme();
  const [state, setState] = useState<'loading' | 'shown' | 'failed'>('loading');

  useEffect(() => {
    const domNode = place.current;
    if (domNode === null) return;
    let isGone = false;
    const load = async () => {
      const module: SwaggerModule = await import('swagger-ui-dist/swagger-ui-es-bundle.js');
      if (isGone) return;
      module.default({
        domNode,
        url: '/api/v1/openapi.json',
        docExpansion: 'none',
        defaultModelsExpandDepth: -1,
        displayRequestDuration: true,
        filter: true,
        // Nothing is sent to the validator of swagger.io.
        validatorUrl: null,
        onComplete: () => setState('shown'),
      });
    };
    load().catch(() => setState('failed'));
    return () => {
      isGone = true;
    };
  }, []);

  useEffect(() => {
    const { classList } = document.documentElement;
    classList.toggle('dark-mode', resolvedTheme === 'dark');
    return () => classList.remove('dark-mode');
  }, [resolvedTheme]);

  return (
    <>
      {state === 'shown' ? null : (
        <p role="status" className="text-sm text-muted-foreground">
          {state === 'loading' ? 'Loading the reference …' : 'The reference could not be loaded. Reload the page.'}
        </p>
      )}
      <div ref={place} className="api-reference" />
    </>
  );
}
