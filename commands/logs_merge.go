package commands

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/api"
	"github.com/slot-paas/slot/supervisor/logs"
)

// gather is for how long lines of several slots are held back while they are
// followed, so that they can be put in the order of their times.
const gather = 50 * time.Millisecond

// merger shows the logs of slots as one.
type merger struct {
	client *api.Client
	query  logs.Query
	names  []slot.Name
	out    *linePrinter
}

// read shows the lines there are and returns where each log goes on. Each
// slot's lines come as they are read, and the earliest of what is at hand from
// all slots goes out: nothing is held in memory but that.
func (m *merger) read(ctx context.Context) (map[slot.Name]logs.Cursor, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	streams := make([]*stream, len(m.names))
	var running sync.WaitGroup
	defer running.Wait()
	defer cancel()
	for i, n := range m.names {
		s := &stream{name: n, lines: make(chan logs.Line, 1024)}
		streams[i] = s
		running.Go(func() {
			defer close(s.lines)
			s.end, s.err = m.client.ReadLogs(ctx, n, m.query, func(l logs.Line) error {
				select {
				case s.lines <- l:
					return nil
				case <-ctx.Done():
					return ctx.Err()
				}
			})
		})
	}
	show := m.out.print
	var last []slotLine // where only so many are wanted of all together
	if m.query.Last >= 0 && len(m.names) > 1 {
		show = func(l slotLine) error { last = append(last, l); return nil }
	}
	if err := merge(streams, show); err != nil {
		return nil, err
	}
	for _, l := range last[max(len(last)-max(m.query.Last, 0), 0):] {
		if err := m.out.print(l); err != nil {
			return nil, err
		}
	}
	at := map[slot.Name]logs.Cursor{}
	for _, s := range streams {
		at[s.name] = s.end
	}
	return at, nil
}

// stream is one slot's lines.
type stream struct {
	name  slot.Name
	lines chan logs.Line
	next  *logs.Line
	end   logs.Cursor // read these when lines is closed
	err   error
}

// merge shows the lines of all streams in the order of their times, those of
// each in its own.
func merge(streams []*stream, show func(slotLine) error) error {
	for {
		var first *stream
		for _, s := range streams {
			if s.next == nil {
				l, more := <-s.lines
				if !more {
					if s.err != nil {
						return s.err
					}
					continue
				}
				s.next = &l
			}
			if first == nil || s.next.Time.Before(first.next.Time) {
				first = s
			}
		}
		if first == nil {
			return nil
		}
		if err := show(slotLine{first.name, *first.next}); err != nil {
			return err
		}
		first.next = nil
	}
}

// watch shows the lines that come.
func (m *merger) watch(ctx context.Context, at map[slot.Name]logs.Cursor) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	lines := make(chan slotLine, 1024)
	var running sync.WaitGroup
	defer running.Wait()
	defer cancel(nil)
	for _, n := range m.names {
		q := m.query
		q.After = at[n]
		running.Go(func() {
			cancel(m.client.WatchLogs(ctx, n, q, func(l logs.Line) error {
				select {
				case lines <- slotLine{n, l}:
					return nil
				case <-ctx.Done():
					return ctx.Err()
				}
			}))
		})
	}
	for {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case l := <-lines:
			if err := m.show(ctx, l, lines); err != nil {
				return err
			}
		}
	}
}

// show prints a line, and where there are several slots those that come
// shortly after it, by their times.
func (m *merger) show(ctx context.Context, l slotLine, more <-chan slotLine) error {
	batch := []slotLine{l}
	if len(m.names) > 1 {
		enough := time.After(gather)
		for waiting := true; waiting; {
			select {
			case l := <-more:
				batch = append(batch, l)
			case <-enough:
				waiting = false
			case <-ctx.Done():
				waiting = false
			}
		}
		slices.SortStableFunc(batch, func(a, b slotLine) int { return a.Time.Compare(b.Time) })
	}
	for _, l := range batch {
		if err := m.out.print(l); err != nil {
			return err
		}
	}
	return nil
}
