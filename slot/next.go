package slot

import "fmt"

// Next is the command that helps most with a slot as it is, "" where there is
// nothing to do: it is live, and the last deployment of it went well.
func (s Status) Next() string {
	command := func(verb string) string { return fmt.Sprintf("slot %s %s", verb, s.Slot) }
	failed := s.Last != nil && s.Last.State == DeploymentFailed
	switch {
	case s.Deploying != nil:
		return ""
	case s.State == StateEmpty && !s.Configured:
		return command("deploy") + " URL"
	case s.State == StateEmpty && !failed:
		return command("deploy")
	case s.State == StateStopped:
		return command("start")
	case failed, s.State == StateBackoff, s.State == StateCrashed, s.State == StateFailed:
		return command("explain")
	}
	return ""
}
