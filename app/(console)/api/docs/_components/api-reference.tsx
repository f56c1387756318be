'use client';

import { useTheme } from 'next-themes';
import { useEffect, useRef } from 'react';
import 'swagger-ui-dist/swagger-ui.css';
import './api-reference.css';

interface SwaggerModule {
  readonly default: (options: Readonly<Record<string, unknown>>) => unknown;
}

/** Swagger UI over the description of the API, both served by Entrada. The script is loaded on this page only. */
export function ApiReference() {
  const place = useRef<HTMLDivElement>(null);
  const { resolvedTheme } = useTheme();

  useEffect(() => {
    const domNode = place.current;
    if (domNode === null) return;
    let isGone = false;
    void import('swagger-ui-dist/swagger-ui-es-bundle.js').then((module: SwaggerModule) => {
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
      });
    });
    return () => {
      isGone = true;
    };
  }, []);

  useEffect(() => {
    const { classList } = document.documentElement;
    classList.toggle('dark-mode', resolvedTheme === 'dark');
    return () => classList.remove('dark-mode');
  }, [resolvedTheme]);

  return <div ref={place} className="api-reference" />;
}
