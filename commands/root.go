package commands

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/slot-paas/slot/internal/version"
	"github.com/slot-paas/slot/slot"
)

// exitCodes stands at the end of every command's help; docs/exit-codes.md is
// the long form.
const exitCodes = `
Exit codes:
  0 done   1 failed   2 wrong usage   3 daemon not reachable
  4 deployment failed, the previous release still serves
  5 deployment failed, nothing serves   6 no such slot or release
  7 refused   8 canceled or superseded
`

// Main runs the command line and returns the exit code.
func Main(args []string) int { return run(NewWorld(), args) }

// MainCoder is Main for the program that is linked with Coder's client.
func MainCoder(args []string, dial func(server, token string) (Coder, error)) int {
	w := NewWorld()
	w.Coder, w.Exe = dial, besideMe
	return run(w, args)
}

func run(w *World, args []string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return Run(ctx, w, args)
}

// Run is Main in a given world.
func Run(ctx context.Context, w *World, args []string) int {
	w.Args = args
	root := NewRoot(w)
	root.SetArgs(args)
	cmd, err := root, checkCommand(root, args)
	if err == nil {
		cmd, err = root.ExecuteContextC(ctx)
	}
	if err == nil {
		return 0
	}
	var code exitCode
	if errors.As(err, &code) {
		return int(code)
	}
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		return slot.ExitCode(err)
	}
	e := slot.AsError(err)
	if e.Kind == slot.KindFailed && isUsage(err) {
		e = &slot.Error{Kind: slot.KindUsage, Err: err, Hint: cmd.CommandPath() + " --help"}
	}
	if wantsJSON(cmd, args) {
		_ = printJSON(w.Out, map[string]any{"error": e}) // stdout is gone: the exit code tells
	}
	fmt.Fprintf(w.Err, "slot: %v\n", e)
	if e.Hint != "" {
		fmt.Fprintf(w.Err, "  try: %s\n", e.Hint)
	}
	return slot.ExitCode(e)
}

// wantsJSON reports whether the command line asks for JSON, also one that could
// not be read to its end.
func wantsJSON(cmd *cobra.Command, args []string) bool {
	if end := slices.Index(args, "--"); end >= 0 {
		args = args[:end]
	}
	flag := cmd.Flags().Lookup("json")
	return flag != nil && flag.Value.String() == "true" || slices.Contains(args, "--json")
}

// NewRoot returns the whole tree of commands.
func NewRoot(w *World) *cobra.Command {
	root := &cobra.Command{
		Use:   "slot",
		Short: "Run five small apps in this workspace",
		Long: `slot runs small apps in five slots, a to e, each with an address of its own.

  slot deploy a https://github.com/you/app    build it, check it, switch to it
  slot deploy b .                             the same with this folder
  slot status                                 what runs
  slot rollback a                             the release before, at once
`,
		SilenceErrors:     true,
		SilenceUsage:      true,
		Version:           version.String(),
		CompletionOptions: cobra.CompletionOptions{DisableDefaultCmd: true},
	}
	root.PersistentFlags().BoolVar(&w.verbose, "verbose", false, "tell on stderr what is asked of the daemon and of git")
	root.SetIn(w.In)
	root.SetOut(w.Out)
	root.SetErr(w.Err)
	root.SetFlagErrorFunc(checkFlag)
	root.SetVersionTemplate("slot {{.Version}}\n")
	root.SetHelpTemplate(strings.TrimSuffix(root.HelpTemplate(), "\n") + exitCodes)
	root.AddGroup(
		&cobra.Group{ID: "apps", Title: "Apps:"},
		&cobra.Group{ID: "look", Title: "Look:"},
		&cobra.Group{ID: "settings", Title: "Settings:"},
		&cobra.Group{ID: "slot", Title: "slot itself:"},
	)
	add := func(group string, cmds ...*cobra.Command) {
		for _, c := range cmds {
			c.GroupID = group
			root.AddCommand(c)
		}
	}
	add("apps", newDeploy(w), newRollback(w), newPromote(w), newStart(w), newStop(w), newRestart(w), newRun(w), newDev(w), newExport(w), newCancel(w))
	add("look", newStatus(w), newTop(w), newReport(w), newURL(w), newOpen(w), newExplain(w), newInspect(w), newLogs(w), newReleases(w), newHistory(w))
	add("settings", newEnv(w), newConfig(w), newWebhook(w), newPreview(w), newCache(w), newDB(w), newParams(w), newSubdomain(w))
	add("slot", newSetup(w), newUp(w), newDown(w), newReload(w), newUpgrade(w), newServe(w), newDoctor(w), newHooks(w), newVersion(w), newCompletion(w))
	add("settings", newToken(w))
	root.AddCommand(newKeeper(w), newFetchPostgres(), newMan())
	root.SetHelpCommand(newHelp(w))
	root.SetHelpCommandGroupID("slot")
	root.InitDefaultHelpCmd()
	if len(w.Args) == 0 || strings.HasPrefix(w.Args[0], cobra.ShellCompRequestCmd) {
		w.completeTree(root) // half of what the tree takes, and only a shell asks for it
	}
	return root
}

// exitCode ends the program without another message: all was said.
type exitCode int

func (c exitCode) Error() string { return fmt.Sprintf("exit code %d", int(c)) }

// isUsage recognises cobra's own errors, which have no type.
func isUsage(err error) bool {
	text := err.Error()
	for _, prefix := range []string{"unknown command", "unknown flag", "unknown shorthand", "accepts ", "requires ", "flag needs", "invalid argument", "required flag", "if any flags in the group"} {
		if strings.HasPrefix(text, prefix) {
			return true
		}
	}
	return false
}

// slotNames completes the name of a slot as the first argument.
func slotNames(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var names []string
	for _, n := range slot.Names() {
		names = append(names, string(n))
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}

// targets reads the slot argument of a command that also takes --all.
func targets(args []string, all bool) ([]slot.Name, error) {
	switch {
	case all && len(args) > 0:
		return nil, slot.E(slot.KindUsage, "", errors.New("name a slot or give --all, not both"))
	case all:
		return slot.Names(), nil
	case len(args) == 0:
		return nil, slot.E(slot.KindUsage, "the slots are a, b, c, d and e; --all takes every one", errors.New("which slot?"))
	}
	n, err := slot.ParseName(args[0])
	return []slot.Name{n}, err
}
