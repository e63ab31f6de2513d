package commands

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/slot-paas/slot/internal/coder"
	"github.com/slot-paas/slot/slot"
)

const (
	// buildPoll is how often a build is asked for beside its log.
	buildPoll = 500 * time.Millisecond
	// tokenWait is how long to look for the token that a workspace's startup
	// script keeps after a build has made the old one invalid.
	tokenWait = 30 * time.Second
	// lastLinesWait is for the rest of a log whose build has ended.
	lastLinesWait = 3 * time.Second
	// agentWait bounds the wait for a workspace to come up: images are pulled
	// meanwhile.
	agentWait = 10 * time.Minute
)

// change notes the intent, queues the build and follows it to its end.
func (o *paramsSetOptions) change(ctx context.Context, w *World, s *coderSession, out paramsOutcome) error {
	where, err := w.settings()
	if err != nil {
		return err
	}
	earlier, err := coder.ReadIntent(where.Home)
	if err != nil {
		return err
	}
	intent := &coder.Intent{
		Time: time.Now(), Server: s.access.Server, Workspace: s.ws.FullName(), Before: s.ws.Build.Number, Changes: out.Changes,
	}
	if err := coder.WriteIntent(where.Home, intent); err != nil {
		return err
	}
	build, err := s.Start(context.WithoutCancel(ctx), s.ws, out.Changes)
	if err != nil {
		if slot.AsError(err).Kind == slot.KindUnreachable { // it may have been queued all the same
			return slot.E(slot.KindUnreachable, "slot params status", fmt.Errorf("%w; whether it was queued is not known", err))
		}
		return errors.Join(err, coder.WriteIntent(where.Home, earlier))
	}
	intent.Build, out.Build = &build, &build
	if err := coder.WriteIntent(where.Home, intent); err != nil {
		return err
	}
	if o.noWait {
		fmt.Fprintf(w.Err, "build %d is queued; slot params status tells how it ends\n", build.Number)
		out.Known = false
		return o.print(w, out)
	}
	return o.follow(ctx, w, s, out)
}

// follow shows the build's log and says how it ended.
func (o *paramsSetOptions) follow(ctx context.Context, w *World, s *coderSession, out paramsOutcome) error {
	p := &buildProgress{p: progress{w: w.Err, mu: new(sync.Mutex), color: w.color(w.Err), live: isTerminal(w.Err), width: w.width(w.Err)}}
	build, err := s.watch(ctx, w, *o.coder, *out.Build, p)
	last := p.end()
	out.Build = &build
	if errors.Is(err, coder.ErrToken) {
		fmt.Fprintf(w.Err, "build %d goes on, but it made this program's token (from %s) invalid, as each build does to its workspace's.\n"+
			"How it ended is not known yet; slot params status tells, with a new token.\n", build.Number, s.access.TokenFrom)
		out.Known = false
		return o.print(w, out)
	}
	if ctx.Err() != nil {
		return slot.E(slot.KindCanceled, "slot params status", fmt.Errorf("build %d goes on in Coder", build.Number))
	}
	if err != nil {
		return slot.E(slot.AsError(err).Kind, "slot params status", fmt.Errorf("cannot tell how build %d ends: %w", build.Number, err))
	}
	if err := s.judge(build, out.Changes, last); err != nil {
		return err
	}
	if err := s.verify(ctx, w, out); err != nil {
		return err
	}
	w.mirror(ctx, s.ws, out.Changes)
	return o.print(w, out)
}

// watch streams the log until the build has ended. A token that the build
// made invalid is looked for once more where it came from.
func (s *coderSession) watch(ctx context.Context, w *World, f coderFlags, b coder.Build, p *buildProgress) (coder.Build, error) {
	following, leave := context.WithCancel(ctx)
	read, client := make(chan struct{}), s.Coder // renew may replace s.Coder
	go func() {
		defer close(read)
		_ = client.Follow(following, b.ID, p.line) // how it ended is asked below
	}()
	defer func() {
		leave()
		<-read
	}()
	deadline := time.Time{}
	for {
		next, err := s.Build(ctx, b.ID)
		switch {
		case err == nil:
			b, deadline = next, time.Time{}
			p.state(b)
			if b.State.Ended() {
				select { // the log's last lines come a moment later
				case <-read:
				case <-time.After(lastLinesWait):
				}
				return b, nil
			}
		case ctx.Err() != nil:
			return b, ctx.Err()
		case !errors.Is(err, coder.ErrToken) && slot.AsError(err).Kind != slot.KindUnreachable:
			return b, err
		case errors.Is(err, coder.ErrToken) && s.access.TokenFrom == coder.TokenVariable:
			return b, err // no other one can come
		case deadline.IsZero():
			deadline = time.Now().Add(tokenWait)
		case time.Now().After(deadline):
			return b, err
		}
		if errors.Is(err, coder.ErrToken) {
			s.renew(w, f)
		}
		if err := sleep(ctx, buildPoll); err != nil {
			return b, err
		}
	}
}

// renew takes the token that stands there now.
func (s *coderSession) renew(w *World, f coderFlags) {
	access, err := coder.FindAccess(f.Flags, w.Getenv)
	if err != nil || access.Token == s.access.Token || access.Server != s.access.Server {
		return
	}
	if c, err := w.Coder(access.Server, access.Token); err == nil {
		s.Coder, s.access = c, access
	}
}

// judge explains a build that did not succeed, with the command that takes
// its changes back.
func (s *coderSession) judge(b coder.Build, changes []coder.Change, last []string) error {
	if b.State == coder.BuildSucceeded {
		return nil
	}
	why := string(b.State)
	if b.Error != "" {
		why += ": " + strings.Join(strings.Fields(b.Error), " ")
	}
	if len(last) > 0 {
		why += "\n  │ " + strings.Join(last, "\n  │ ")
	}
	return slot.E(slot.KindFailed, s.undo(changes),
		fmt.Errorf("build %d of %s %s\n  the workspace's apps are away until a build succeeds", b.Number, s.ws.FullName(), why))
}

// undo is the command that takes the changes back.
func (s *coderSession) undo(changes []coder.Change) string {
	words := []string{"slot params set"}
	for _, ch := range changes {
		words = append(words, shellWord(ch.Name+"="+ch.From))
	}
	if s.access.WorkspaceFrom == "--workspace" {
		words = append(words, "--workspace "+s.ws.FullName())
	}
	return strings.Join(words, " ")
}

// shellWord quotes what a shell would take apart.
func shellWord(word string) string {
	if strings.Trim(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-=./:,@") == "" {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

// sleep waits for d or the end of ctx.
func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
