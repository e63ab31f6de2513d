package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"syscall"
	"time"

	"github.com/slot-paas/slot/bench/lab"
)

// contender is one way to the app.
type contender struct {
	name    string
	port    int
	pids    func() []int
	results []result
}

// stage is the app and all ways to it.
type stage struct {
	dir, wrk   string
	slot       *lab.Slot
	contenders []*contender
	running    []*exec.Cmd
}

func newStage(program string, port int) (_ *stage, err error) {
	s := &stage{}
	defer func() {
		if err != nil {
			s.close()
		}
	}()
	if s.wrk, err = lab.Program("wrk"); err != nil {
		return nil, err
	}
	if s.dir, err = os.MkdirTemp("", "slot-bench-"); err != nil {
		return nil, err
	}
	app, err := lab.BuildApp(s.dir)
	if err != nil {
		return nil, err
	}
	if s.slot, err = lab.NewSlot(program, s.dir, port); err != nil {
		return nil, err
	}
	if err = s.slot.Deploy("a", app); err != nil {
		return nil, err
	}
	// The others lead to an app of their own, the same program.
	direct, nginx, caddy := port+10, port+11, port+12
	if _, err = s.start(nil, []string{"PORT=" + strconv.Itoa(direct)}, app); err != nil {
		return nil, err
	}
	nginxPIDs, err := s.config("nginx", "nginx.conf", fmt.Sprintf(nginxConf, s.dir, s.dir, direct, nginx), "-c")
	if err != nil {
		return nil, err
	}
	caddyPIDs, err := s.config("caddy", "Caddyfile", fmt.Sprintf(caddyfile, caddy, direct), "run", "--adapter", "caddyfile", "--config")
	if err != nil {
		return nil, err
	}
	s.contenders = []*contender{
		{name: "direct", port: direct, pids: func() []int { return nil }},
		{name: "**slot**", port: port, pids: func() []int { daemon, _ := s.slot.Daemon(); return []int{daemon} }},
		{name: "nginx", port: nginx, pids: nginxPIDs},
		{name: "Caddy", port: caddy, pids: caddyPIDs},
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	for _, c := range s.contenders {
		c.results = make([]result, len(runs))
		if _, err = lab.Answers(ctx, "http://127.0.0.1:"+strconv.Itoa(c.port)); err != nil {
			return nil, fmt.Errorf("%s: %w", c.name, err)
		}
	}
	return s, nil
}

const nginxConf = `daemon off; worker_processes auto; pid %s/nginx.pid; error_log %s/nginx.log;
events { worker_connections 1024; }
http {
  access_log off;
  upstream app { server 127.0.0.1:%d; keepalive 256; }
  server { listen 127.0.0.1:%d; location / { proxy_pass http://app; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header Host $host; } }
}
`

const caddyfile = `{
	admin off
	auto_https off
}
http://127.0.0.1:%d {
	reverse_proxy 127.0.0.1:%d
}
`

// config starts a program with a configuration and returns its processes.
func (s *stage) config(name, file, text string, args ...string) (func() []int, error) {
	program, err := lab.Program(name)
	if err != nil {
		return nil, err
	}
	path := filepath.Join(s.dir, file)
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		return nil, err
	}
	pid, err := s.start(append(args, path), nil, program)
	return func() []int { return lab.Tree(pid, "") }, err
}

func (s *stage) start(args, env []string, program string) (int, error) {
	cmd := exec.Command(program, args...)
	cmd.Env = append(os.Environ(), env...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	s.running = append(s.running, cmd)
	return cmd.Process.Pid, nil
}

func (s *stage) close() {
	for _, cmd := range s.running {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) // it may have ended
		_ = cmd.Wait()
	}
	if s.slot != nil {
		if err := s.slot.Close(); err != nil {
			fmt.Fprintln(os.Stderr, "proxy:", err)
			return // the folder may be in use
		}
	}
	_ = os.RemoveAll(s.dir) // a temporary folder
}

var (
	rateForm = regexp.MustCompile(`Requests/sec:\s+([0-9.]+)`)
	p99Form  = regexp.MustCompile(`99%\s+([0-9.]+)(us|ms|s)`)
	badForm  = regexp.MustCompile(`Non-2xx.*|Socket errors.*`)
)

// wrk returns requests a second and the 99th percentile in ms.
func wrk(program string, connections, seconds int, url string) (rate, p99 float64, err error) {
	out, err := exec.Command(program, "-t1", "-c"+strconv.Itoa(connections), "-d"+strconv.Itoa(seconds)+"s", "--latency", url).CombinedOutput()
	if err != nil {
		return 0, 0, fmt.Errorf("wrk: %w\n%s", err, out)
	}
	if bad := badForm.Find(out); bad != nil && !bytes.Contains(bad, []byte("connect 0, read 0, write 0")) {
		return 0, 0, fmt.Errorf("%s", bad)
	}
	m, l := rateForm.FindSubmatch(out), p99Form.FindSubmatch(out)
	if m == nil || l == nil {
		return 0, 0, fmt.Errorf("wrk said %s", out)
	}
	rate, _ = strconv.ParseFloat(string(m[1]), 64)
	p99, _ = strconv.ParseFloat(string(l[1]), 64)
	return rate, p99 * map[string]float64{"us": 0.001, "ms": 1, "s": 1000}[string(l[2])], nil
}
