package supervisor

import (
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"time"
)

// lingering are the users whose systemd runs on after their last login.
const lingering = "/var/lib/systemd/linger"

// inScope is the command line that starts a program in a scope of the user's
// systemd, as the user's own: there slot may make control groups for its apps,
// with limits that the kernel holds. Where there is no such systemd, or it ends
// with the user's last login and would take slot along, it is the program alone.
func inScope(argv []string, getenv func(string) string) []string {
	run, err := exec.LookPath("systemd-run")
	if err != nil || !lingers(getenv) || !answers(filepath.Join(getenv("XDG_RUNTIME_DIR"), "systemd/private")) {
		return argv
	}
	return append([]string{run, "--user", "--scope", "--quiet", "--collect", "-p", "Delegate=yes", "--"}, argv...)
}

func lingers(getenv func(string) string) bool {
	me, err := user.Current()
	if err != nil || getenv("XDG_RUNTIME_DIR") == "" {
		return false
	}
	_, err = os.Stat(filepath.Join(lingering, me.Username))
	return err == nil
}

// answers reports whether somebody listens on a socket.
func answers(path string) bool {
	c, err := net.DialTimeout("unix", path, time.Second)
	if err != nil {
		return false
	}
	c.Close()
	return true
}
