package proxy

import (
	"sync/atomic"
	"time"

	"github.com/slot-paas/slot/slot"
)

const (
	// tick and ticks are the memory of requests by time: five minutes.
	tick  = 5 * time.Second
	ticks = 60
)

// bounds are the buckets of latencies, those of Prometheus' clients and one
// below: most answers on one machine take less than 5 ms.
var bounds = [...]time.Duration{
	time.Millisecond, 2500 * time.Microsecond, 5 * time.Millisecond, 10 * time.Millisecond, 25 * time.Millisecond,
	50 * time.Millisecond, 100 * time.Millisecond, 250 * time.Millisecond, 500 * time.Millisecond,
	time.Second, 2500 * time.Millisecond, 5 * time.Second, 10 * time.Second,
}

// traffic counts a slot's requests. A request costs some ten atomic additions
// and no lock.
type traffic struct {
	since    time.Time
	inFlight atomic.Int64
	upgraded atomic.Int64
	in, out  atomic.Int64
	classes  [5]atomic.Int64 // 1xx to 5xx
	buckets  [len(bounds) + 1]atomic.Int64
	sum      atomic.Int64 // nanoseconds
	requests recent
	failures recent
}

// done counts a request that ended after took. failed says that its app, or
// the want of one, is to blame.
func (t *traffic) done(status int, took time.Duration, in, out int64, failed bool) {
	t.classes[min(max(status/100, 1), 5)-1].Add(1)
	if status != statusUpgraded {
		t.sum.Add(int64(took))
		t.buckets[bucket(took)].Add(1)
	}
	if in > 0 {
		t.in.Add(in)
	}
	t.out.Add(out)
	now := int64(time.Since(t.since) / tick)
	t.requests.add(now)
	if failed {
		t.failures.add(now)
	}
}

func bucket(took time.Duration) int {
	for i, bound := range bounds {
		if took <= bound {
			return i
		}
	}
	return len(bounds)
}

// recent counts events by the tick in which they happened: a ring of words,
// each with the tick that it counts above and the count below, so that one
// compare-and-swap both empties an old word and counts.
type recent [ticks]atomic.Uint64

const countBits = 32

func (r *recent) add(now int64) {
	word := &r[now%ticks]
	for {
		old := word.Load()
		next := old + 1
		if old>>countBits != uint64(now) {
			next = uint64(now)<<countBits | 1
		}
		if word.CompareAndSwap(old, next) {
			return
		}
	}
}

// read returns the counts of the last ticks, oldest first.
func (r *recent) read(now int64) []int64 {
	counts := make([]int64, ticks)
	for i := range counts {
		at := now - ticks + 1 + int64(i)
		if at < 0 {
			continue
		}
		if word := r[at%ticks].Load(); word>>countBits == uint64(at) {
			counts[i] = int64(word & (1<<countBits - 1))
		}
	}
	return counts
}

// Traffic returns what came to the slot since the front was made.
func (f *Front) Traffic() slot.Traffic {
	t := &f.traffic
	now := int64(time.Since(t.since) / tick)
	s := slot.Traffic{
		Slot: f.info.Slot, Since: t.since, InFlight: t.inFlight.Load(), Upgraded: t.upgraded.Load(),
		BytesIn: t.in.Load(), BytesOut: t.out.Load(),
		Status: slot.StatusClasses{
			Upgrade: t.classes[0].Load(), Success: t.classes[1].Load(), Redirect: t.classes[2].Load(),
			ClientError: t.classes[3].Load(), ServerError: t.classes[4].Load(),
		},
		Latency: slot.Latency{Sum: time.Duration(t.sum.Load()).Seconds()},
		Recent:  slot.Recent{Step: int(tick / time.Second), Requests: t.requests.read(now), Failures: t.failures.read(now)},
	}
	for i := range t.classes {
		s.Requests += t.classes[i].Load()
	}
	for _, b := range bounds {
		s.Latency.Seconds = append(s.Latency.Seconds, b.Seconds())
	}
	for i := range t.buckets {
		s.Latency.Counts = append(s.Latency.Counts, t.buckets[i].Load())
	}
	return s
}
