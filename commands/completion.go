package commands

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/slot-paas/slot/slot"
)

// shells are those with a completion script.
var shells = []string{"bash", "zsh", "fish", "powershell"}

func newCompletion(w *World) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "completion bash|zsh|fish|powershell",
		Short: "Print the completion script of a shell, or install it",
		Long: `Prints a script that lets a shell complete the commands of slot at the Tab key, with
what is there: slots, releases, branches, settings, variables, parameters, hooks,
backups, deployments. "slot completion install" puts it in its place.`,
		Example: `  slot completion install
  source <(slot completion bash)
  slot completion fish > ~/.config/fish/completions/slot.fish
  slot completion powershell | Out-String | Invoke-Expression`,
		Args:      cobra.ExactArgs(1),
		ValidArgs: shells,
		RunE:      func(cmd *cobra.Command, args []string) error { return writeCompletion(w.Out, cmd.Root(), args[0]) },
	}
	cmd.AddCommand(newCompletionInstall(w))
	return cmd
}

func writeCompletion(out io.Writer, root *cobra.Command, shell string) error {
	switch shell {
	case "bash":
		return writeBash(out, root)
	case "zsh":
		return root.GenZshCompletion(out)
	case "fish":
		return root.GenFishCompletion(out, true)
	case "powershell":
		return root.GenPowerShellCompletionWithDesc(out)
	}
	return slot.E(slot.KindUsage, "bash, zsh, fish or powershell", fmt.Errorf("no completion for %q", shell))
}

// needsPackage is the line of cobra's script that works with the package
// bash-completion alone; wordsByHand does without.
const (
	needsPackage = `    _get_comp_words_by_ref "$@" cur prev words cword
`
	wordsByHand = `    if declare -F _get_comp_words_by_ref >/dev/null 2>&1; then
        _get_comp_words_by_ref "$@" cur prev words cword
        return
    fi
    # Without the package bash-completion: readline splits at = and : too, so
    # what has no blank before it belongs to the word before.
    local rest=${COMP_LINE:0:COMP_POINT} word before i
    words=()
    for ((i = 0; i <= COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        [[ $rest == *"$word"* ]] || word=${rest##*[[:blank:]]}
        before=${rest%%"$word"*}
        rest=${rest#*"$word"}
        if [[ i -gt 0 && -n $word && -z $before ]]; then
            words[${#words[@]}-1]+=$word
        else
            words+=("$word")
        fi
    done
    cword=$((${#words[@]} - 1))
    cur=${words[cword]}
    prev=${words[cword > 0 ? cword - 1 : 0]}
`
)

func writeBash(out io.Writer, root *cobra.Command) error {
	var b bytes.Buffer
	if err := root.GenBashCompletionV2(&b, true); err != nil {
		return err
	}
	text := strings.Replace(b.String(), needsPackage, wordsByHand, 1)
	if text == b.String() {
		return errors.New("the completion script is not as it was")
	}
	_, err := io.WriteString(out, text)
	return err
}
