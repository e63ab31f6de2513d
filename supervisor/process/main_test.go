package process

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"strconv"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/slot-paas/slot/slot"
)

// childVar makes the test binary one of the programs below instead.
const childVar = "PROCESS_TEST_CHILD"

func TestMain(m *testing.M) {
	if os.Getenv(childVar) == "" {
		os.Exit(m.Run())
	}
	if err := child(os.Args[1], os.Args[2:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// sink takes what is computed for nothing.
var sink atomic.Uint64

// child runs one program. Each says "up" and its PID when it has come to rest.
func child(name string, args []string) error {
	switch name {
	case "exit":
		code, err := strconv.Atoi(args[0])
		if err != nil {
			return err
		}
		os.Exit(code)
	case "rest":
		return rest()
	case "deaf": // to TERM
		signal.Ignore(syscall.SIGTERM)
		return rest()
	case "parent", "setsid": // has a child that rests, in its group or in a session of its own
		if err := startChild(name == "setsid", "rest"); err != nil {
			return err
		}
		return rest()
	case "npm": // ends at TERM before the server that it started
		if err := startChild(false, "server"); err != nil {
			return err
		}
		return rest()
	case "server": // finishes its requests after TERM
		term := make(chan os.Signal, 1)
		signal.Notify(term, syscall.SIGTERM)
		fmt.Println("up", os.Getpid())
		<-term
		<-time.After(100 * time.Millisecond)
		fmt.Println("finished", os.Getpid())
		return nil
	case "escape": // its grandchild leaves group, session, parent and marker behind
		return startEscaped()
	case "limits": // says what it may
		return sayLimits()
	case "burn":
		fmt.Println("up", os.Getpid())
		for n := uint64(0); ; n++ {
			sink.Store(n)
		}
	case "hold": // so many MiB
		mib, err := strconv.Atoi(args[0])
		if err != nil {
			return err
		}
		memory := make([]byte, mib<<20)
		for i := 0; i < len(memory); i += 4096 {
			memory[i] = 1
		}
		err = rest()
		runtime.KeepAlive(memory)
		return err
	case "listen":
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return err
		}
		defer l.Close()
		fmt.Println("port", l.Addr().(*net.TCPAddr).Port)
		return rest()
	case "talk": // says a line at each HUP
		hup := make(chan os.Signal, 1)
		signal.Notify(hup, syscall.SIGHUP)
		fmt.Fprintln(os.Stderr, "up", os.Getpid())
		for n := 0; ; n++ {
			fmt.Println("line", n)
			<-hup
		}
	case "keeper":
		return keeper(args[0])
	case "daemon":
		return daemon(args[0])
	}
	return fmt.Errorf("no program %q", name)
}

func rest() error {
	fmt.Println("up", os.Getpid())
	select {}
}

func startEscaped() error {
	cmd := exec.Command("/bin/sh", "-c", `setsid "$0" rest & sleep 0.05`, os.Args[0])
	cmd.Env = []string{childVar + "=1", "PATH=" + os.Getenv("PATH")}
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	if err := cmd.Run(); err != nil {
		return err
	}
	return rest()
}

func sayLimits() error {
	var files unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &files); err != nil {
		return err
	}
	var cores unix.CPUSet
	if err := unix.SchedGetaffinity(0, &cores); err != nil {
		return err
	}
	nice, err := unix.Getpriority(unix.PRIO_PROCESS, 0)
	if err != nil {
		return err
	}
	fmt.Println("limits", files.Max, cores.Count(), 20-nice, len(os.Args), os.Args[len(os.Args)-1])
	return rest()
}

// startChild starts a program with the same output.
func startChild(setsid bool, name string) error {
	cmd := exec.Command(os.Args[0], name)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: setsid}
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	return cmd.Start()
}

// keeper reaps what the daemon leaves behind, as the real one does.
func keeper(spec string) error {
	if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); err != nil {
		return err
	}
	cmd := exec.Command(os.Args[0], "daemon", spec)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	if err := cmd.Start(); err != nil {
		return err
	}
	for {
		if _, err := syscall.Wait4(-1, nil, 0, nil); err == syscall.ECHILD {
			return nil
		}
	}
}

// daemon starts the app of the spec, says who it is and rests.
func daemon(text string) error {
	var spec Spec
	if err := json.Unmarshal([]byte(text), &spec); err != nil {
		return err
	}
	p, err := Start(context.Background(), spec, Observer{
		Record:  func(slot.Identity) error { return nil },
		Changed: func(Snapshot) {},
	}, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	p.Ready()
	b, err := json.Marshal(p.Snapshot().Identity)
	if err != nil {
		return err
	}
	fmt.Println("identity", string(b))
	return rest()
}
