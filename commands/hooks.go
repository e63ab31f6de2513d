package commands

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/hooks/host"
	"github.com/slot-paas/slot/internal/version"
	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor"
)

func newHooks(w *World) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "hooks",
		Short: "Build hooks: list, inspect, detect, trust, untrust, init",
		Long: `A build hook knows one kind of app: how to recognise, build and run it. Some are
part of slot. Others are programs named slot-hook-NAME in the folders of hooks,
which run only once you trust them. These commands need no daemon.`,
	}
	cmd.AddCommand(newHooksList(w), newHooksInspect(w), newHooksDetect(w), newHooksTrust(w), newHooksUntrust(w), newHooksInit(w))
	return cmd
}

// hooks opens the host of the hooks. Close it.
func (w *World) hooks() (*host.Host, error) {
	s, err := w.settings()
	if err != nil {
		return nil, err
	}
	h, err := supervisor.Hooks(s, version.String(), w.Getenv, w.Environ, func(slot.Name) slot.SandboxMode { return slot.SandboxOn }, nil)
	if err != nil {
		return nil, err
	}
	if err := h.CheckTrust(); err != nil {
		h.Close()
		return nil, err
	}
	return h, nil
}

// hookInfo is a hook as "slot hooks list" and "inspect" print it.
type hookInfo struct {
	host.Info
	Description *hooks.Description `json:"description,omitempty"` // of an active hook
	Error       *slot.Error        `json:"error,omitempty"`       // why an active hook did not describe itself
}

// describe asks an active hook who it is. Any other is not started.
func describe(ctx context.Context, h *host.Host, info host.Info) hookInfo {
	known := hookInfo{Info: info}
	if !info.Active {
		return known
	}
	d, err := h.Describe(ctx, info.Name)
	if err != nil {
		known.Error = slot.AsError(err)
		return known
	}
	known.Description = &d
	return known
}

// findHook returns the hook of that name: the third party's where there is
// one, trusted or not, else the built-in.
func findHook(ctx context.Context, h *host.Host, name string) (host.Info, error) {
	list := h.List(ctx)
	slices.Reverse(list) // third parties stand last
	i := slices.IndexFunc(list, func(info host.Info) bool { return info.Name == name })
	if i < 0 {
		return host.Info{}, slot.E(slot.KindNotFound, "slot hooks list shows the hooks there are", fmt.Errorf("no hook %q", name))
	}
	return list[i], nil
}

// lookPath finds a program on a search path, "" without it.
func lookPath(path, name string) string {
	for _, dir := range filepath.SplitList(path) {
		if !filepath.IsAbs(dir) {
			continue
		}
		if found, err := exec.LookPath(filepath.Join(dir, name)); err == nil {
			return found
		}
	}
	return ""
}

// hookNames completes the name of any hook.
func (w *World) hookNames(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	builtin, others := host.Names(host.Dirs(w.Getenv))
	return onlyFirst(args, slices.Compact(slices.Sorted(slices.Values(slices.Concat(builtin, others)))))
}

// otherHookNames completes the name of a third party's hook.
func (w *World) otherHookNames(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	_, others := host.Names(host.Dirs(w.Getenv))
	return onlyFirst(args, others)
}

func onlyFirst(args, names []string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		names = nil
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}
