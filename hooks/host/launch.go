package host

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/internal/sandbox"
	"github.com/slot-paas/slot/slot"
)

// Time limits of a hook. Source: the contract; go-plugin's own limit for the
// start is one minute.
const (
	startLimit    = 10 * time.Second
	describeLimit = 2 * time.Second
	detectLimit   = 5 * time.Second
	cancelGrace   = 10 * time.Second // TERM to KILL
)

// running is one hook that was started and described itself.
type running struct {
	*hooks.Client
	description hooks.Description
	run         string
	tmp         string
	process     *process
	plugin      *plugin.Client
	stderr      *lastLines
}

// launch starts a hook under a policy. Its stray output, what it prints to its
// own standard output and error once it runs, goes to stray (nil drops it). The
// hook is killed when ctx ends; stop must be called in any case.
func (h *Host) launch(ctx context.Context, info Info, app App, policy *sandbox.Policy, stray io.Writer) (*running, error) {
	p := &process{path: h.options.SelfExe, argv: append([]string{"slot", "__hook", info.Name}, info.with...), done: make(chan struct{})}
	p.allow(policy, h.options.SelfExe)
	if info.Trust != TrustBuiltin {
		file, sum, err := openProgram(info.Path)
		if err != nil {
			return nil, fmt.Errorf("cannot start hook %q: %w", info.Name, err)
		}
		defer file.Close()
		if sum != info.SHA256 {
			return nil, slot.E(slot.KindRefused, "", fmt.Errorf("cannot start hook %q: %s changed a moment ago", info.Name, info.Path))
		}
		// By its descriptor: a file that takes the path's place after the
		// check is not run.
		p.path, p.argv, p.program = "/proc/self/fd/3", []string{info.Path}, file
		p.allow(policy, filepath.Dir(info.Path))
	}
	run, tmp := h.nextRun()
	if err := os.MkdirAll(tmp, 0o700); err != nil {
		return nil, fmt.Errorf("cannot start hook %q: %w", info.Name, err)
	}
	p.env, p.dir = h.environment(app, run, tmp), tmp
	r := &running{run: run, tmp: tmp, stderr: &lastLines{}, process: p}
	r.plugin = plugin.NewClient(&plugin.ClientConfig{
		HandshakeConfig:  hooks.Handshake(),
		VersionedPlugins: hooks.Plugins(),
		RunnerFunc:       startBy(r.process),
		AllowedProtocols: []plugin.Protocol{plugin.ProtocolGRPC},
		StartTimeout:     startLimit,
		GRPCDialOptions:  []grpc.DialOption{grpc.WithTransportCredentials(hooks.Peer(p.leads))},
		SkipHostEnv:      true,
		Stderr:           r.stderr,
		SyncStdout:       stray,
		SyncStderr:       stray,
		Logger:           pluginLog(h.options.Log),
		UnixSocketConfig: &plugin.UnixSocketConfig{TempDir: h.sockets},
	})
	if err := r.start(ctx, info.Name, h.options.Version); err != nil {
		r.stop()
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		return nil, err
	}
	return r, nil
}

func (r *running) start(ctx context.Context, name, version string) error {
	defer context.AfterFunc(ctx, func() { r.process.signal(syscall.SIGKILL) })()
	protocol, err := r.plugin.Client()
	if err != nil {
		return r.explainStart(name, err)
	}
	client, err := protocol.Dispense(hooks.PluginName)
	if err != nil {
		return r.explainStart(name, err)
	}
	r.Client = client.(*hooks.Client)
	ctx, done := context.WithTimeout(ctx, describeLimit)
	defer done()
	if r.description, err = r.Describe(ctx, version); err != nil {
		return r.broken(name, "did not describe itself", err)
	}
	if r.description.Name != name {
		return slot.E(slot.KindRefused, "rename the file to slot-hook-"+r.description.Name,
			fmt.Errorf("cannot use hook %q: it calls itself %q", name, r.description.Name))
	}
	return nil
}

// stop ends the hook and everything it started, and removes its folder.
func (r *running) stop() {
	r.plugin.Kill()
	r.process.wait()
	killRun(r.run)
	_ = os.RemoveAll(r.tmp)
}

// cancel is stop for a hook that is at work: it gets TERM and time to end its
// commands.
func (r *running) cancel() {
	r.process.terminate(cancelGrace)
	r.stop()
}

// explainStart puts go-plugin's words for a failed start into ours.
func (r *running) explainStart(name string, err error) error {
	message, noHandshake := strings.CutPrefix(err.Error(), "Unrecognized remote plugin message: ")
	printed, _, _ := strings.Cut(message, "\n")
	ended := r.process.status()
	r.plugin.Kill() // and wait until its last words were read
	why, hint := "", "the hook's author can help; slot hooks list shows where the hook is"
	switch {
	case noHandshake && printed != "":
		why, hint = fmt.Sprintf("it printed to its standard output before starting: %q", printed), "a hook's main calls hooks.Serve first and prints nothing"
	case noHandshake && ended != "":
		why = "it ended before starting: " + ended
	case noHandshake:
		why = "it closed its standard output before starting"
	case strings.Contains(err.Error(), "incompatible"):
		why, hint = "it speaks another version of the contract than this slot", "rebuild the hook, or upgrade slot"
	case strings.Contains(err.Error(), "timeout while waiting"):
		why = fmt.Sprintf("it did not start within %v", startLimit)
	default:
		why = err.Error()
	}
	if said := r.stderr.String(); said != "" {
		why += "; it said: " + said
	}
	return slot.E(slot.KindFailed, hint, fmt.Errorf("cannot start hook %q: %s", name, why))
}

// broken describes a hook that failed a call for reasons of its own.
func (r *running) broken(name, what string, err error) error {
	why := err.Error()
	if status.Code(err) == codes.DeadlineExceeded {
		why = "it took too long"
	} else if r.process.ended(time.Second) {
		why = r.process.status()
	}
	r.plugin.Kill() // and wait until its last words were read
	if said := r.stderr.String(); said != "" {
		why += "; it said: " + said
	}
	return slot.E(slot.KindFailed, "the hook's author can help", fmt.Errorf("hook %q %s: %s", name, what, why))
}
