'use client';

/** Replaces the root layout, so it can use nothing of it, including styles. */
export default function GlobalError({ reset }: { readonly error: Error; readonly reset: () => void }) {
  return (
    <html lang="en">
      <body
        style={{ fontFamily: 'system-ui, sans-serif', display: 'grid', placeItems: 'center', minHeight: '100dvh', margin: 0 }}
      >
        <title>Entrada</title>
        <main style={{ textAlign: 'center', padding: 24 }}>
          <h1 style={{ fontSize: 18 }}>Entrada could not be shown</h1>
          <p>Try again. If the problem persists, ask the operator of Entrada: the log has the reason.</p>
          <button type="button" onClick={reset} style={{ padding: '8px 16px', font: 'inherit' }}>
            Try again
          </button>
        </main>
      </body>
    </html>
  );
}
