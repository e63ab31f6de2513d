package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/slot-paas/slot/bench/lab"
)

// pm2 is PM2 from npm, with its own home.
type pm2 struct{ at place }

func (k *pm2) name() string { return "PM2" }

func (k *pm2) up(apps int, env ...string) error {
	if err := k.at.begin(); err != nil {
		return err
	}
	type app struct {
		Name   string            `json:"name"`
		Script string            `json:"script"`
		Dir    string            `json:"cwd"`
		Env    map[string]string `json:"env"`
		Out    string            `json:"out_file"`
		Err    string            `json:"error_file"`
		Node   string            `json:"exec_interpreter"`
	}
	var all []app
	for _, n := range names[:apps] {
		vars := map[string]string{"PORT": strconv.Itoa(k.port(n))}
		for _, v := range env {
			name, value, _ := strings.Cut(v, "=")
			vars[name] = value
		}
		all = append(all, app{n, k.at.app, k.at.dir, vars, k.log(n), k.log(n), "none"})
	}
	b, err := json.Marshal(map[string]any{"apps": all})
	if err != nil {
		return err
	}
	if err := k.at.write("apps.json", string(b), 0o644); err != nil {
		return err
	}
	return k.run("start", "apps.json")
}

func (k *pm2) run(args ...string) error {
	return k.at.run([]string{"PM2_HOME=" + filepath.Join(k.at.dir, "home")}, "pm2", args...)
}

func (k *pm2) stop(app string) error  { return k.run("stop", app) }
func (k *pm2) start(app string) error { return k.run("start", app) }
func (k *pm2) status() error          { return k.run("list") }
func (k *pm2) port(app string) int    { return k.at.port(app) }
func (k *pm2) log(app string) string  { return filepath.Join(k.at.dir, app+".log") }
func (k *pm2) down()                  { _ = k.run("kill"); k.at.sweep() } // it may have been killed

func (k *pm2) pids() []int {
	text, _ := os.ReadFile(filepath.Join(k.at.dir, "home", "pm2.pid"))
	pid, _ := strconv.Atoi(strings.TrimSpace(string(text)))
	return []int{pid}
}

// supervisord is Debian's.
type supervisord struct{ at place }

func (k *supervisord) name() string { return "supervisord" }

func (k *supervisord) up(apps int, env ...string) error {
	if err := k.at.begin(); err != nil {
		return err
	}
	text := fmt.Sprintf("[unix_http_server]\nfile=%[1]s/sock\n[supervisord]\nnodaemon=true\nlogfile=/dev/null\nlogfile_maxbytes=0\npidfile=%[1]s/pid\n"+
		"[rpcinterface:supervisor]\nsupervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface\n[supervisorctl]\nserverurl=unix://%[1]s/sock\n", k.at.dir)
	for _, n := range names[:apps] {
		text += fmt.Sprintf("[program:%s]\ncommand=%s\ndirectory=%s\nenvironment=%s\nstdout_logfile=%s\nredirect_stderr=true\n", n, k.at.app, k.at.dir,
			strings.Join(append(env, "PORT="+strconv.Itoa(k.port(n))), ","), k.log(n))
	}
	if err := k.at.write("conf", text, 0o644); err != nil {
		return err
	}
	if err := k.at.launch("supervisord", "-c", "conf"); err != nil {
		return err
	}
	return soon(k.status)
}

func (k *supervisord) run(args ...string) error {
	return k.at.run(nil, "supervisorctl", append([]string{"-c", "conf"}, args...)...)
}

func (k *supervisord) stop(app string) error  { return k.run("stop", app) }
func (k *supervisord) start(app string) error { return k.run("start", app) }
func (k *supervisord) status() error          { return k.run("pid") }
func (k *supervisord) port(app string) int    { return k.at.port(app) }
func (k *supervisord) log(app string) string  { return filepath.Join(k.at.dir, app+".log") }
func (k *supervisord) down()                  { k.at.end() }
func (k *supervisord) pids() []int            { return []int{k.at.main.Process.Pid} }

// runit is runsvdir with a runsv and a svlogd for each app.
type runit struct{ at place }

func (k *runit) name() string { return "runit" }

func (k *runit) up(apps int, env ...string) error {
	if err := k.services(apps, env, "svlogd -tt"); err != nil {
		return err
	}
	if err := k.at.launch("runsvdir", filepath.Join(k.at.dir, "services")); err != nil {
		return err
	}
	return soon(k.status)
}

// services writes the folders that runit and s6 share the form of.
func (k *runit) services(apps int, env []string, logger string) error {
	if err := k.at.begin(); err != nil {
		return err
	}
	for _, n := range names[:apps] {
		to := filepath.Join(k.at.dir, "log-"+n)
		if err := os.MkdirAll(to, 0o755); err != nil {
			return err
		}
		dir := filepath.Join("services", n)
		run := fmt.Sprintf("#!/bin/sh\nexec 2>&1\nexec env %s PORT=%d %s\n", strings.Join(env, " "), k.port(n), k.at.app)
		if err := k.at.write(filepath.Join(dir, "run"), run, 0o755); err != nil {
			return err
		}
		if err := k.at.write(filepath.Join(dir, "log", "run"), "#!/bin/sh\nexec "+logger+" "+to+"\n", 0o755); err != nil {
			return err
		}
	}
	return nil
}

func (k *runit) service(app string) string { return filepath.Join(k.at.dir, "services", app) }

func (k *runit) stop(app string) error  { return k.at.run(nil, "sv", "stop", k.service(app)) }
func (k *runit) start(app string) error { return k.at.run(nil, "sv", "start", k.service(app)) }
func (k *runit) status() error          { return k.at.run(nil, "sv", "status", k.service("a")) }
func (k *runit) port(app string) int    { return k.at.port(app) }
func (k *runit) log(app string) string  { return filepath.Join(k.at.dir, "log-"+app, "current") }
func (k *runit) pids() []int            { return lab.Tree(k.at.main.Process.Pid, "app") }

func (k *runit) down() {
	for _, n := range names {
		_ = k.at.run(nil, "sv", "exit", k.service(n)) // it may never have been there
	}
	k.at.end()
}

// s6 is s6-svscan with an s6-supervise and an s6-log for each app.
type s6 struct{ runit }

func (k *s6) name() string { return "s6" }

func (k *s6) up(apps int, env ...string) error {
	if err := k.services(apps, env, "s6-log t s10000000 n20"); err != nil {
		return err
	}
	if err := k.at.launch("s6-svscan", filepath.Join(k.at.dir, "services")); err != nil {
		return err
	}
	return soon(k.status)
}

func (k *s6) stop(app string) error  { return k.at.run(nil, "s6-svc", "-wD", "-d", k.service(app)) }
func (k *s6) start(app string) error { return k.at.run(nil, "s6-svc", "-u", k.service(app)) }
func (k *s6) status() error          { return k.at.run(nil, "s6-svstat", k.service("a")) }

func (k *s6) down() {
	for _, n := range names {
		_ = k.at.run(nil, "s6-svc", "-dx", k.service(n)) // it may never have been there
	}
	k.at.end()
}
