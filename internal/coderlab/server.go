package coderlab

import (
	"fmt"
	"net/http"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Domain is the wildcard host of the lab's apps, without its port. Browsers
// and most resolvers take every name below localhost to this machine.
const Domain = "apps.localhost"

// server is the process "coder server" and how it is started again.
type server struct {
	*child
	url  string
	port int
	log  string
	life testing.TB // the test with which it ends
	run  func() *exec.Cmd
}

func startServer(t testing.TB, p Programs, db postgres, dir string) *server {
	t.Helper()
	s := &server{port: freePort(t), life: t, log: filepath.Join(filepath.Dir(dir), "server.log")}
	s.url = fmt.Sprintf("http://127.0.0.1:%d", s.port)
	rc := filepath.Join(dir, "terraformrc")
	if err := p.writeTerraformRC(rc); err != nil {
		t.Fatal(err)
	}
	env := append(plainEnv(dir),
		// The provisioner hands on all but CODER_*.
		"TF_CLI_CONFIG_FILE="+rc, "CHECKPOINT_DISABLE=1",
		"CODER_PG_CONNECTION_URL="+db.url(),
		fmt.Sprintf("CODER_HTTP_ADDRESS=127.0.0.1:%d", s.port),
		"CODER_ACCESS_URL="+s.url,
		fmt.Sprintf("CODER_WILDCARD_ACCESS_URL=*.%s:%d", Domain, s.port),
		"CODER_CACHE_DIRECTORY="+filepath.Join(dir, "cache"),
		"CODER_TELEMETRY_ENABLE=false", "CODER_UPDATE_CHECK=false",
		"CODER_DERP_SERVER_STUN_ADDRESSES=disable", "CODER_BLOCK_DIRECT=true",
		"CODER_DANGEROUS_DISABLE_RATE_LIMITS=true",
		"CODER_PROVISIONER_DAEMONS=2",
		"CODER_PROVISIONER_DAEMON_POLL_INTERVAL=100ms", "CODER_PROVISIONER_DAEMON_POLL_JITTER=10ms",
	)
	for i, v := range env {
		if path, ok := strings.CutPrefix(v, "PATH="); ok {
			env[i] = "PATH=" + filepath.Dir(p.Terraform) + ":" + path
		}
	}
	s.run = func() *exec.Cmd {
		cmd := exec.Command(p.Coder(), "server")
		cmd.Dir, cmd.Env = dir, env
		return cmd
	}
	s.start(t)
	return s
}

func (s *server) start(t testing.TB) {
	t.Helper()
	s.child = startChild(s.life, "the Coder server", s.log, syscall.SIGINT, s.run())
	s.await(t, 3*time.Minute, func() bool {
		r, err := http.Get(s.url + "/api/v2/buildinfo")
		if err != nil {
			return false
		}
		r.Body.Close()
		return r.StatusCode == http.StatusOK
	})
}
