package commands

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/api"
	"github.com/slot-paas/slot/supervisor/deploy"
	"github.com/slot-paas/slot/supervisor/process"
)

type devOptions struct{ dir string }

func newDev(w *World) *cobra.Command {
	o := devOptions{}
	cmd := &cobra.Command{
		Use:   "dev SLOT [-- COMMAND [ARGUMENT...]]",
		Short: "Show this folder on the slot's address while you work on it",
		Long: `Runs the folder's development server with the slot's variables and leads the
slot's address to it, until Ctrl+C or the end of the command; then the slot shows
its release again. Nothing is built or kept. Deployments go on beneath.

Without a command it takes the "dev" script of package.json, the web line of
Procfile.dev, or what a deployment would start; a folder of pages is shown as it
is. The command gets PORT and HOST; one that ignores PORT is found where it
listens.`,
		Example:           "  slot dev a\n  slot dev a --dir ./blog\n  slot dev a -- npx vite --host 127.0.0.1",
		Args:              cobra.MinimumNArgs(1),
		ValidArgsFunction: slotNames,
		RunE: func(cmd *cobra.Command, args []string) error {
			if dash := cmd.ArgsLenAtDash(); dash == 0 || dash > 1 || dash < 0 && len(args) > 1 {
				return slot.E(slot.KindUsage, "slot dev a -- npm run dev", errors.New("name the slot, and it alone, before --"))
			}
			return o.run(cmd.Context(), w, args[0], args[1:])
		},
	}
	cmd.Flags().StringVar(&o.dir, "dir", ".", "the folder of the app")
	_ = cmd.MarkFlagDirname("dir") // fails only without that flag
	return cmd
}

func (o *devOptions) run(ctx context.Context, w *World, arg string, argv []string) error {
	n, err := slot.ParseName(arg)
	if err != nil {
		return err
	}
	dir, err := filepath.Abs(o.dir)
	if err != nil {
		return err
	}
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return slot.E(slot.KindUsage, "slot dev "+arg+" --dir ./folder", fmt.Errorf("cannot show %q: there is no such folder", o.dir))
	}
	c, err := w.connectOrStart(ctx)
	if err != nil {
		return err
	}
	port, err := freePort()
	if err != nil {
		return err
	}
	d, err := c.Dev(ctx, n, port)
	if err != nil {
		return err
	}
	show := &devShow{w: w, c: c, slot: n, dir: dir, url: d.URL}
	if len(argv) == 0 {
		start, err := w.devStart(ctx, dir, port)
		if err != nil {
			return err
		}
		if start.site != nil {
			return show.lend(ctx, deploy.Loan{Dir: dir, Site: start.site})
		}
		argv = start.argv
	}
	fmt.Fprintf(w.Err, "  %s\n", strings.Join(argv, " "))
	return show.serve(ctx, argv, d.Env, port)
}

// devShow is a working tree on its way to a slot's address.
type devShow struct {
	w    *World
	c    *api.Client
	slot slot.Name
	dir  string
	url  string
}

// serve runs the command, lends it the address once it listens, and ends it
// with all that it started.
func (s *devShow) serve(ctx context.Context, argv, env []string, port int) error {
	id, err := process.NewIdentity(fmt.Sprintf("dev.%s.%016x", s.slot, rand.Uint64()))
	if err != nil {
		return err
	}
	child, err := startDev(s.w, argv, append(env, process.Marker+"="+id.ID, viteHosts+"="+hostOf(s.url)), s.dir)
	if err != nil {
		return err
	}
	defer func() {
		child.stop()
		if err := process.Kill(id); err != nil { // what left its group
			fmt.Fprintf(s.w.Err, "slot: %v\n", err)
		}
	}()
	listens, err := awaitPort(ctx, id, port, child.done)
	if err != nil {
		return err
	}
	lent, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		<-child.done
		cancel()
	}()
	if err := s.lend(lent, deploy.Loan{Port: listens}); err != nil || ctx.Err() != nil {
		return err
	}
	return child.ended()
}

// lend holds the loan until ctx ends. A daemon that goes away, for an upgrade
// or by a fault, is asked again as soon as it is back.
func (s *devShow) lend(ctx context.Context, loan deploy.Loan) error {
	for first := true; ; first = false {
		over, err := s.c.Lend(ctx, s.slot, loan)
		if err != nil && !first && slot.AsError(err).Kind == slot.KindUnreachable {
			if pause(ctx) {
				continue
			}
			return nil
		}
		if err != nil {
			return err
		}
		if first {
			fmt.Fprintln(s.w.Out, s.url)
			fmt.Fprintf(s.w.Err, "  slot %s shows %s; Ctrl+C gives it back\n", s.slot, s.dir)
		}
		select {
		case <-ctx.Done():
			<-over
			fmt.Fprintf(s.w.Err, "  slot %s is its own again\n", s.slot)
			return nil
		case <-over:
			if !pause(ctx) {
				return nil
			}
		}
	}
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}
