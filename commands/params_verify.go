package commands

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/slot-paas/slot/internal/coder"
	"github.com/slot-paas/slot/slot"
)

// verify reads the values back, waits for the workspace and asks the new
// addresses.
func (s *coderSession) verify(ctx context.Context, w *World, out paramsOutcome) error {
	if err := s.read(ctx); err != nil {
		return err
	}
	if err := differing(s.params, out.Changes, out.Build.Number); err != nil {
		return err
	}
	if err := s.awaitAgent(ctx); err != nil {
		return err
	}
	fmt.Fprintf(w.Err, "build %d ended well; read back, every value is as wanted\n", out.Build.Number)
	for _, name := range slices.Sorted(maps.Keys(out.Addresses)) {
		found := coder.Await(ctx, out.Addresses[name])
		fmt.Fprintf(w.Err, "  %s  %s\n", out.Addresses[name], found)
		if found.State != coder.ProbeOpen && found.State != coder.ProbeLogin && found.State != coder.ProbeWaiting {
			return slot.E(slot.KindFailed, "slot doctor", fmt.Errorf("%s does not lead to the app: %s", out.Addresses[name], found))
		}
	}
	return nil
}

// differing says which values are not what was asked for.
func differing(params []coder.Parameter, changes []coder.Change, build int) error {
	for _, ch := range changes {
		i := slices.IndexFunc(params, func(p coder.Parameter) bool { return p.Name == ch.Name })
		if i < 0 || params[i].Value != ch.To && !params[i].Ephemeral {
			return slot.E(slot.KindFailed, "slot params", fmt.Errorf("build %d ended well, but %s is not %q", build, ch.Name, ch.To))
		}
	}
	return nil
}

// awaitAgent waits until the agent of the new build is connected and its
// startup scripts have run.
func (s *coderSession) awaitAgent(ctx context.Context) error {
	ctx, cancel := context.WithTimeoutCause(ctx, agentWait, slot.E(slot.KindFailed, "coder ssh "+s.ws.FullName()+", to see what its startup does",
		fmt.Errorf("the workspace's agent is not ready %v after the build", agentWait)))
	defer cancel()
	for s.ws.Agent.Name != "" && !(s.ws.Agent.Connected && s.ws.Agent.Ready) {
		if err := sleep(ctx, buildPoll); err != nil {
			return context.Cause(ctx)
		}
		ws, err := s.Workspace(ctx, s.ws.Owner, s.ws.Name)
		if err != nil {
			return err
		}
		s.ws = ws
	}
	return nil
}
