package deploy

import (
	"context"
	"fmt"

	"github.com/slot-paas/slot/slot"
)

// checkSite asks a static site for its first page, without the network: the
// target that will serve it answers.
func (r *run) checkSite(ctx context.Context) (string, error) {
	path := "/"
	if r.cfg.HealthCheck.Path != "" {
		path = r.cfg.HealthCheck.Path
	}
	if e := r.cfg.HealthCheck.Enabled; e != nil && !*e {
		return "not wanted", nil
	}
	status, err := r.next.target.Probe(ctx, path)
	if err != nil {
		return "", err
	}
	if status >= 400 {
		return "", slot.E(slot.KindFailed, "add an index.html there, or set static_root to the folder that has it; health_check.path asks another page",
			fmt.Errorf("the site in %s answers %d at %s", r.release.Plan.Static.Root, status, path))
	}
	return fmt.Sprintf("GET %s → %d", path, status), nil
}
