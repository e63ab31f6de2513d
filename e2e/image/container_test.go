package image

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// user is coder, as the Dockerfile makes it.
const user = "1000"

// A container is the image's files with process numbers, mounts and a home
// volume of its own, on the machine's network: what a container engine makes,
// without an engine, which CI has not. It needs root.
type container struct {
	t      testing.TB
	root   string   // the image's files
	env    []string // as the image sets it, and the test's ports
	volume string   // becomes /home/coder
	out    string   // file with what the first process writes
	outer  *exec.Cmd
	init   int // the first process, as the machine counts
}

// rootfs mounts the image until the test ends.
func rootfs(t testing.TB, image string) string {
	t.Helper()
	id := strings.TrimSpace(output(t, "buildah", "from", image))
	t.Cleanup(func() { output(t, "buildah", "rm", id) })
	return strings.TrimSpace(output(t, "buildah", "mount", id))
}

// imageEnv is the environment that the image gives its processes.
func imageEnv(t testing.TB, image string) []string {
	t.Helper()
	format := "{{range .OCIv1.Config.Env}}{{println .}}{{end}}"
	return strings.Fields(output(t, "buildah", "inspect", "--type", "image", "--format", format, image))
}

// start runs the command as the container's first process.
func (c *container) start(command ...string) {
	c.t.Helper()
	script := `
mount --make-rprivate /
mount --bind "$1" "$1/mnt" # a mount of its own, so that what follows ends with it
mount -t proc proc "$1/proc"
mount --rbind /dev "$1/dev"
mount -t sysfs -o ro sysfs "$1/sys"
mount -t tmpfs -o mode=1777 tmpfs "$1/tmp"
mount --bind "$2" "$1/home/coder"
cp /etc/resolv.conf /etc/hosts "$1/etc/"
root=$1 user=$3
shift 3
# A change of user ends what --kill-child promised, so it is said once more.
exec chroot "$root" setpriv --reuid="$user" --regid="$user" --clear-groups --pdeathsig=KILL sh -c 'cd /home/coder && exec "$@"' sh "$@"`
	out, err := os.Create(c.out)
	if err != nil {
		c.t.Fatal(err)
	}
	defer out.Close()
	args := append([]string{"--pid", "--mount", "--fork", "--kill-child=KILL", "sh", "-euc", script, "sh", c.root, c.volume, user}, command...)
	c.outer = exec.Command("unshare", args...)
	c.outer.Env, c.outer.Stdout, c.outer.Stderr = c.env, out, out
	c.outer.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := c.outer.Start(); err != nil {
		c.t.Fatal(err)
	}
	children := fmt.Sprintf("/proc/%d/task/%d/children", c.outer.Process.Pid, c.outer.Process.Pid)
	until(c.t, 10*time.Second, "the container's first process", func() error {
		b, err := os.ReadFile(children)
		if err == nil {
			c.init, err = strconv.Atoi(strings.TrimSpace(string(b)))
		}
		return err
	})
}

// kill ends every process of the container at once, as a machine that is lost.
func (c *container) kill() {
	c.t.Helper()
	_ = syscall.Kill(c.init, syscall.SIGKILL) // the first process takes the others with it
	_ = c.outer.Wait()                        // it was killed
}

// command prepares a command in the running container.
func (c *container) command(ctx context.Context, args ...string) *exec.Cmd {
	in := []string{"--target", strconv.Itoa(c.init), "--pid", "--mount", "chroot", "--userspec=" + user + ":" + user, c.root,
		"sh", "-c", `cd /home/coder && exec "$@"`, "sh"}
	cmd := exec.CommandContext(ctx, "nsenter", append(in, args...)...)
	cmd.Env = c.env
	return cmd
}

// run wants the command to succeed and returns its standard output.
func (c *container) run(args ...string) string {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	cmd := c.command(ctx, args...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		first, _ := os.ReadFile(c.out)
		c.t.Fatalf("%v: %v\n%s%s\nthe container's output:\n%s", args, err, stdout.String(), stderr.String(), first)
	}
	return stdout.String()
}

// put copies a folder into the container's home, as its user's.
func (c *container) put(folder, as string) {
	c.t.Helper()
	to := filepath.Join(c.volume, as)
	output(c.t, "cp", "-r", folder, to)
	output(c.t, "chown", "-R", user+":"+user, to)
}

func output(t testing.TB, name string, args ...string) string {
	t.Helper()
	b, err := exec.Command(name, args...).Output()
	if err != nil {
		var text []byte
		if e, ok := err.(*exec.ExitError); ok {
			text = e.Stderr
		}
		t.Fatalf("%s %v: %v\n%s", name, args, err, text)
	}
	return string(b)
}

// until tries until there is no error.
func until(t testing.TB, limit time.Duration, what string, try func() error) {
	t.Helper()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	end := time.After(limit)
	for {
		err := try()
		if err == nil {
			return
		}
		select {
		case <-tick.C:
		case <-end:
			t.Fatalf("%s: not within %v: %v", what, limit, err)
		}
	}
}

// imageCommand is what the image runs by itself.
func imageCommand(t testing.TB) []string {
	t.Helper()
	format := "{{range .OCIv1.Config.Cmd}}{{println .}}{{end}}"
	return strings.Fields(output(t, "buildah", "inspect", "--type", "image", "--format", format, os.Getenv("SLOT_TEST_IMAGE")))
}
