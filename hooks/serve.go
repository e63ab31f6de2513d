package hooks

import (
	"fmt"
	"os"
	"os/signal"
	"strconv"
	"syscall"
	"time"

	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"
)

// Serve is what a hook's main calls: it serves h until slot is done with it
// and returns the exit code.
//
// When the process gets SIGTERM, or its host dies without a word, it ends
// itself and all it started: TERM to its process group, KILL half a second
// later. Source of the figures: facts on the hooks, measured without survivor.
func Serve(h Hook) int { return ServeAll(h) }

// ServeAll is Serve for several hooks in one process; a host names the one
// that it means with Client.Named. slot asks its built-in hooks that way,
// because a process for each would cost more than all their answers. At least
// one hook is needed.
func ServeAll(served ...Hook) int {
	if os.Getenv(cookieKey) != cookieValue {
		d := served[0].Describe()
		fmt.Fprintf(os.Stderr, "slot-hook-%s %s is a build hook of slot and does nothing when it is run by hand.\n"+
			"Put it into a folder of hooks, then: slot hooks trust %s\n", d.Name, d.Version, d.Name)
		return 2
	}
	terminated := make(chan os.Signal, 1)
	signal.Notify(terminated, syscall.SIGTERM)
	go endWith(parent(), terminated)
	// Without a logger go-plugin writes JSON lines to standard error, which the
	// host leaves out of what it shows.
	plugin.Serve(&plugin.ServeConfig{
		HandshakeConfig: Handshake(), VersionedPlugins: Plugins(served...), GRPCServer: onlyFor(parent()),
	})
	return 0
}

// onlyFor makes servers that answer one process.
func onlyFor(pid int) func([]grpc.ServerOption) *grpc.Server {
	return func(o []grpc.ServerOption) *grpc.Server {
		return plugin.DefaultGRPCServer(append(o, grpc.Creds(Peer(func(p int) bool { return p == pid }))))
	}
}

func parent() int {
	if pid, err := strconv.Atoi(os.Getenv(ParentEnv)); err == nil {
		return pid
	}
	return os.Getppid()
}

// endWith waits for SIGTERM or the death of the parent and ends the group. It
// lives as long as the process.
func endWith(parent int, terminated <-chan os.Signal) {
	tick := time.NewTicker(250 * time.Millisecond)
	defer tick.Stop()
	for os.Getppid() == parent {
		select {
		case <-terminated:
			endGroup()
		case <-tick.C:
		}
	}
	endGroup()
}

func endGroup() {
	if syscall.Getpgrp() != os.Getpid() {
		os.Exit(1) // started by hand: the group belongs to somebody's shell
	}
	_ = syscall.Kill(0, syscall.SIGTERM)
	grace := time.NewTimer(500 * time.Millisecond)
	<-grace.C
	_ = syscall.Kill(0, syscall.SIGKILL)
}
