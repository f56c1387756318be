import type { Command } from 'commander';

/** A script by which a shell completes the commands of `program` and of its groups. */
export function completionScript(program: Command, shell: 'bash' | 'zsh'): string {
  const groups = program.commands.map((group) => [group.name(), group.commands.map((command) => command.name())] as const);
  const cases = groups
    .filter(([, names]) => names.length > 0)
    .map(([name, names]) => `    ${name}) words="${names.join(' ')}" ;;`);
  const bash = `_entrada() {
  local words="${groups.map(([name]) => name).join(' ')}"
  [ "$COMP_CWORD" -gt 1 ] && words="--json --server --token"
  [ "$COMP_CWORD" -eq 2 ] && case "\${COMP_WORDS[1]}" in
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -F _entrada entrada
`;
  return shell === 'bash' ? bash : `autoload -U +X bashcompinit && bashcompinit\n${bash}`;
}
