package host

import (
	"context"
	"io"
	"log/slog"
	"os/exec"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin/runner"

	"github.com/slot-paas/slot/slot"
)

// pluginLog makes go-plugin log to ours. What it calls a warning or an error
// is for us a detail: the host reports what matters itself.
func pluginLog(log *slog.Logger) hclog.Logger {
	l := hclog.NewInterceptLogger(&hclog.LoggerOptions{Output: io.Discard, Level: hclog.Debug})
	l.RegisterSink(bridge{log})
	return l
}

type bridge struct{ log *slog.Logger }

func (b bridge) Accept(_ string, _ hclog.Level, message string, args ...any) {
	b.log.LogAttrs(context.Background(), slog.LevelDebug, "hook transport",
		slog.String(slot.KeyStep, message), slog.Any("detail", args))
}

// startBy makes go-plugin start the hook through process.
func startBy(p *process) func(hclog.Logger, *exec.Cmd, string) (runner.Runner, error) {
	return func(_ hclog.Logger, cmd *exec.Cmd, _ string) (runner.Runner, error) {
		return p, p.prepare(cmd)
	}
}
