'use client';

import { useTheme } from 'next-themes';
import { DropdownMenuLabel, DropdownMenuRadioGroup, DropdownMenuRadioItem } from '#components/ui/overlay/dropdown-menu.tsx';

/** Light, dark, or system theme, in the user menu. */
export function ThemeChoice() {
  const { theme = 'system', setTheme } = useTheme();
  return (
    <DropdownMenuRadioGroup value={theme} onValueChange={setTheme} aria-label="Theme">
      <DropdownMenuLabel>Theme</DropdownMenuLabel>
      <DropdownMenuRadioItem value="light">Light</DropdownMenuRadioItem>
      <DropdownMenuRadioItem value="dark">Dark</DropdownMenuRadioItem>
      <DropdownMenuRadioItem value="system">As the system</DropdownMenuRadioItem>
    </DropdownMenuRadioGroup>
  );
}
