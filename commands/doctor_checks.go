package commands

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"github.com/slot-paas/slot/internal/git"
	"github.com/slot-paas/slot/internal/sandbox"
	"github.com/slot-paas/slot/internal/settings"
	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/process"
	"github.com/slot-paas/slot/supervisor/store"
)

// checkHome looks at the state folder.
func checkHome(_ context.Context, _ *World, s settings.Settings) []finding {
	f := finding{Check: "state-folder", State: healthy, Text: s.Home}
	if err := store.CheckHome(s.Home); err != nil {
		f.State, f.Text, f.Remedy = problem, err.Error(), slot.AsError(err).Hint
		if writableByOthers(s.Home) {
			f = f.mendable(chmod(s.Home, 0o700))
		}
		return []finding{f}
	}
	dir := existingDir(s.Home)
	if err := unix.Access(dir, unix.W_OK); err != nil {
		f.State, f.Text, f.Remedy = problem, fmt.Sprintf("cannot write to %q: %v", dir, err), "set SLOT_HOME to a folder of your own"
		return []finding{f}
	}
	if dir != s.Home {
		f.Text += ", made by slot up"
	}
	return []finding{f}
}

// existingDir is the folder itself or, before it is made, the one that it will be
// made in.
func existingDir(dir string) string {
	for !there(dir) {
		dir = filepath.Dir(dir)
	}
	return dir
}

func there(path string) bool {
	_, err := os.Stat(path)
	return !errors.Is(err, fs.ErrNotExist)
}

// checkGit looks for the program that fetches.
func checkGit(context.Context, *World, settings.Settings) []finding {
	if err := git.Installed(); err != nil {
		return []finding{newFinding("git", problem, err.Error(), slot.AsError(err).Hint)}
	}
	return []finding{{Check: "git", State: healthy, Text: "installed"}}
}

// checkPorts looks whether each slot has its port, or could have it.
func checkPorts(ctx context.Context, w *World, s settings.Settings) []finding {
	if c, err := w.dial(s.Home); err == nil {
		if v, err := c.Version(ctx); err == nil {
			return []finding{{Check: "ports", State: healthy, Text: fmt.Sprintf("slot serves on them, pid %d", v.PID)}}
		}
	}
	var found []finding
	try := func(whose string, port int, hint string) {
		address := fmt.Sprintf("127.0.0.1:%d", port)
		l, err := net.Listen("tcp", address)
		if err != nil {
			found = append(found, newFinding("ports", problem, fmt.Sprintf("%s cannot have %s: %v", whose, address, errno(err)),
				"end the program that has it, or choose another: "+hint))
			return
		}
		l.Close()
	}
	cfg := store.LastGoodConfig(store.Layout{Home: s.Home})
	for _, n := range slot.Names() {
		try("slot "+string(n), s.Port(cfg, n), fmt.Sprintf("slot config set %s.port=PORT, or SLOT_BASE_PORT for all", n))
	}
	if s.AdminPort != 0 {
		try("the admin", s.AdminPort, "SLOT_ADMIN_PORT=PORT")
	}
	if s.WebhookPort != 0 {
		try("the webhook", s.WebhookPort, "SLOT_WEBHOOK_PORT=PORT")
	}
	if found == nil {
		found = []finding{{Check: "ports", State: healthy, Text: "free"}}
	}
	return found
}

// checkPrivatePorts looks whether the kernel gives the apps' ports to others.
func checkPrivatePorts(_ context.Context, _ *World, s settings.Settings) []finding {
	f := finding{Check: "private-ports", State: healthy, Text: fmt.Sprintf("apps listen on %d to %d", s.PrivateFirst, s.PrivateLast)}
	b, err := os.ReadFile("/proc/sys/net/ipv4/ip_local_port_range")
	var first, last int
	if _, scan := fmt.Sscan(string(b), &first, &last); err != nil || scan != nil {
		return []finding{f}
	}
	if first <= s.PrivateLast && last >= s.PrivateFirst {
		f.State = warning
		f.Text += fmt.Sprintf(", of which the kernel gives those from %d to %d to outgoing connections", first, last)
		f.Remedy = "choose others: SLOT_PRIVATE_PORTS, or private_first and private_last in settings.json"
	}
	return []finding{f}
}

// errno is the cause of a network error without the address.
func errno(err error) error {
	var cause unix.Errno
	if errors.As(err, &cause) {
		return cause
	}
	return err
}

// checkSandbox says what holds of the sandbox on this machine.
func checkSandbox(context.Context, *World, settings.Settings) []finding {
	kernel := sandbox.Kernel()
	var found []finding
	if kernel.Reason != "" {
		found = append(found, newFinding("sandbox", warning, "the kernel cannot hold it: "+kernel.Reason, "deploy only what you would run in your terminal"))
	}
	for _, c := range kernel.Claims() {
		f := finding{Check: "sandbox." + c.Name, State: healthy, Text: c.Text}
		if !c.Holds {
			f.State, f.Text, f.Remedy = warning, "does not hold: "+c.Text, "a kernel that has it: "+c.Needs
		}
		found = append(found, f)
	}
	return found
}

// checkLimits says which limits of apps the kernel can hold: for the daemon
// that runs, which may have more to give than this command.
func checkLimits(ctx context.Context, w *World, s settings.Settings) []finding {
	groups := process.LookGroups()
	claims, reason := groups.Claims(), groups.Reason
	if c, err := w.dial(s.Home); err == nil {
		if in, err := c.Inspect(ctx, slot.Names()[0]); err == nil {
			claims, reason = in.Limits.Claims, in.Limits.Reason
		}
	}
	var found []finding
	for _, c := range claims {
		f := finding{Check: "limits." + c.Name, State: healthy, Text: c.Text}
		if !c.Holds {
			f.State, f.Text, f.Remedy = warning, "does not hold: "+c.Text, fmt.Sprintf("%s (%s)", c.Needs, reason)
		}
		found = append(found, f)
	}
	return found
}
