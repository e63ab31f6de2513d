package commands

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/slot-paas/slot/slot"
)

type tokenCreateOptions struct {
	stdin bool
	ttl   time.Duration
	json  bool
}

func newTokenCreate(w *World) *cobra.Command {
	o := tokenCreateOptions{}
	cmd := &cobra.Command{
		Use:   "create NAME",
		Short: "Make a token and print its value",
		Long: `Makes a token of the admin and prints its value, which is not shown again. With
--stdin the value is yours: 32 characters or more on standard input, taking the
place of an older token of that name. Saying the same again changes nothing, so
that a startup script may.`,
		Example: `  slot token create ci --expires 720h
  slot token create coder --stdin < token-file`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE:              func(cmd *cobra.Command, args []string) error { return o.run(cmd.Context(), w, args[0]) },
	}
	cmd.Flags().BoolVar(&o.stdin, "stdin", false, "read the value from standard input")
	cmd.Flags().DurationVar(&o.ttl, "expires", 0, "when it ends, such as 720h; never unless given")
	cmd.Flags().BoolVar(&o.json, "json", false, "print the token as JSON")
	return cmd
}

// maxToken bounds what is read as a value.
const maxToken = 4 << 10

func (o *tokenCreateOptions) run(ctx context.Context, w *World, name string) error {
	req := slot.AdminTokenRequest{Name: name, TTL: slot.Duration(o.ttl)}
	if o.stdin {
		data, err := io.ReadAll(io.LimitReader(w.In, maxToken))
		if err != nil {
			return fmt.Errorf("cannot read the token: %w", err)
		}
		if req.Value = strings.TrimSpace(string(data)); req.Value == "" {
			return slot.E(slot.KindUsage, "openssl rand -hex 32 makes one", fmt.Errorf("there is no token on standard input"))
		}
	}
	c, err := w.connectOrStart(ctx)
	if err != nil {
		return err
	}
	made, err := c.CreateAdminToken(ctx, req)
	if err != nil {
		return err
	}
	if o.json {
		return printJSON(w.Out, made)
	}
	if made.Value != "" {
		fmt.Fprintln(w.Out, made.Value)
		return nil
	}
	fmt.Fprintf(w.Err, "token %s opens the admin\n", made.Name)
	return nil
}
