package commands

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/slot-paas/slot/hooks/host"
)

type hooksInspectOptions struct{ json bool }

func newHooksInspect(w *World) *cobra.Command {
	o := hooksInspectOptions{}
	cmd := &cobra.Command{
		Use: "inspect NAME", Short: "All that is known of one hook",
		Long: `Shows where a hook is, its checksum, whether it may run, and, where it may, what
it says of itself and whether the programs that it needs are on the PATH.`,
		Example: "  slot hooks inspect node\n  slot hooks inspect cobol --json",
		Args:    cobra.ExactArgs(1), ValidArgsFunction: w.hookNames,
		RunE: func(cmd *cobra.Command, args []string) error { return o.run(cmd.Context(), w, args[0]) },
	}
	cmd.Flags().BoolVar(&o.json, "json", false, "print it as JSON")
	return cmd
}

// inspectedHook is what "slot hooks inspect --json" prints.
type inspectedHook struct {
	hookInfo
	ToolPaths map[string]string `json:"tool_paths,omitempty"` // of the tools it needs; "" for one that is missing
}

func (o *hooksInspectOptions) run(ctx context.Context, w *World, name string) error {
	h, err := w.hooks()
	if err != nil {
		return err
	}
	defer h.Close()
	info, err := findHook(ctx, h, name)
	if err != nil {
		return err
	}
	hook := inspectedHook{hookInfo: describe(ctx, h, info), ToolPaths: map[string]string{}}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if hook.Description != nil {
		for _, tool := range hook.Description.Tools {
			hook.ToolPaths[tool.Name] = lookPath(w.Getenv("PATH"), tool.Name)
		}
	}
	if o.json {
		return printJSON(w.Out, hook)
	}
	return hook.print(w.Out)
}

func (hook *inspectedHook) print(out io.Writer) error {
	var b strings.Builder
	line := func(what, text string) {
		if text != "" {
			fmt.Fprintf(&b, "%-9s %s\n", what, dash(text))
		}
	}
	line("name", hook.Name)
	if d := hook.Description; d != nil {
		line("version", d.Version)
		line("summary", d.Summary)
		line("languages", strings.Join(d.Languages, ", "))
	}
	if hook.Path == "" {
		line("source", string(host.TrustBuiltin))
	} else {
		line("source", hook.Path)
		line("sha256", hook.SHA256)
		line("trust", string(hook.Trust))
	}
	switch {
	case hook.Error != nil:
		line("problem", hook.Error.Error())
		line("try", hook.Error.Hint)
	case hook.Problem != "":
		line("problem", hook.Problem)
		if hook.Trust != host.TrustUnsafe {
			line("try", "slot hooks trust "+hook.Name)
		}
	}
	switch {
	case hook.Overrides && hook.Active:
		line("used", "instead of the built-in hook of that name")
	case hook.Overrides:
		line("used", "no; the built-in hook of that name is")
	case !hook.Active:
		line("used", "no")
	}
	if d := hook.Description; d != nil {
		line("wants env", strings.Join(d.WantsEnv, ", "))
		for _, tool := range d.Tools {
			text := strings.TrimSpace(tool.Name+" "+tool.Constraint) + ": "
			switch path := hook.ToolPaths[tool.Name]; {
			case path != "":
				text += path
			case tool.InstallHint != "":
				text += "not on the PATH; " + tool.InstallHint
			default:
				text += "not on the PATH"
			}
			line("tool", text)
		}
	}
	_, err := io.WriteString(out, b.String())
	return err
}
