package supervisor

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"

	"github.com/slot-paas/slot/slot"
)

// spawn runs "slot serve" with the sockets from file descriptor 3 on, its
// output in run/daemon.log.
func (g *keeping) spawn() (*ward, error) {
	fail := func(err error) (*ward, error) { return nil, fmt.Errorf("cannot start the daemon: %w", err) }
	out, err := openDaemonLog(g.lay)
	if err != nil {
		return fail(err)
	}
	defer out.Close()
	null, err := os.Open(os.DevNull)
	if err != nil {
		return fail(err)
	}
	defer null.Close()
	r, w, err := os.Pipe()
	if err != nil {
		return fail(err)
	}
	defer w.Close()
	fds := []uintptr{null.Fd(), out.Fd(), out.Fd()}
	for _, s := range g.socks {
		fds = append(fds, uintptr(s.fd))
	}
	env := append(g.env.of(g.k.Env),
		ListenersVariable+"="+g.socks.names(),
		fmt.Sprintf("%s=%d", readyVariable, len(fds)),
		fmt.Sprintf("%s=%d", environmentVariable, len(fds)+1),
	)
	pid, err := syscall.ForkExec(g.k.Exe, []string{g.k.Exe, "serve"}, &syscall.ProcAttr{
		Dir: "/", Env: env, Files: append(fds, w.Fd(), g.env.fd()), Sys: &syscall.SysProcAttr{Setpgid: true},
	})
	if err != nil {
		r.Close()
		return fail(err)
	}
	return &ward{pid: pid, started: time.Now(), ready: readyOf(r)}, nil
}

// readyOf gets how the start of the daemon at the other end of r went. One
// that died told nothing: end of file says so.
func readyOf(r *os.File) <-chan error {
	ready := make(chan error, 1)
	go func() {
		defer r.Close()
		var got readiness
		switch err := json.NewDecoder(r).Decode(&got); {
		case err != nil:
			ready <- errors.New("it ended at once")
		case got.Error != nil:
			ready <- got.Error
		default:
			ready <- nil
		}
	}()
	return ready
}

// readyVariable names the file descriptor on which a daemon tells how it
// started.
const readyVariable = "SLOT_READY_FD"

// readiness is that message.
type readiness struct {
	OK    bool        `json:"ok"`
	Error *slot.Error `json:"error,omitempty"`
}

// tell writes how the start went and closes f; nil f is fine.
func tell(f *os.File, err error) {
	if f == nil {
		return
	}
	_ = json.NewEncoder(f).Encode(readiness{OK: err == nil, Error: slot.AsError(err)}) // nobody waits any more
	f.Close()
}
