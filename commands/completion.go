package commands

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/slot-paas/slot/slot"
)

func newCompletion(w *World) *cobra.Command {
	return &cobra.Command{
		Use:   "completion bash|zsh|fish|powershell",
		Short: "Print the completion script of a shell",
		Example: `  source <(slot completion bash)
  slot completion zsh > "${fpath[1]}/_slot"
  slot completion fish > ~/.config/fish/completions/slot.fish
  slot completion powershell | Out-String | Invoke-Expression`,
		Args:      cobra.ExactArgs(1),
		ValidArgs: []string{"bash", "zsh", "fish", "powershell"},
		RunE: func(cmd *cobra.Command, args []string) error {
			root := cmd.Root()
			switch args[0] {
			case "bash":
				return root.GenBashCompletionV2(w.Out, true)
			case "zsh":
				return root.GenZshCompletion(w.Out)
			case "fish":
				return root.GenFishCompletion(w.Out, true)
			case "powershell":
				return root.GenPowerShellCompletionWithDesc(w.Out)
			}
			return slot.E(slot.KindUsage, "bash, zsh, fish or powershell", fmt.Errorf("no completion for %q", args[0]))
		},
	}
}
