package store

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"sync"

	"github.com/slot-paas/slot/slot"
)

// keptDeliveries is how many of the newest deliveries are kept, in memory and
// on disk: GitHub offers a redelivery for 30 days, which are some thirty a day.
const keptDeliveries = 1000

// deliveries is the log of the webhook. Deliveries that come at the same time
// share one wait for the disk.
type deliveries struct {
	disk   sync.Mutex // held by the one writer, across I/O
	lines  int        // of the file; guarded by disk
	closed bool       // guarded by disk

	mu   sync.Mutex // guards what follows, for moments only
	kept []slot.Delivery
	last int64
	next *deliveryBatch // waits for the disk
}

// deliveryBatch is what goes to the disk with one write.
type deliveryBatch struct {
	records []slot.Delivery
	lines   []byte
	written bool // guarded by disk, as err
	err     error
}

// AddDelivery gives the delivery its number, writes it to the log and returns
// when it would survive a loss of power.
func (s *Store) AddDelivery(d slot.Delivery) (slot.Delivery, error) {
	log := &s.deliveries
	d, mine, err := log.join(d)
	if err != nil {
		return d, err
	}
	log.disk.Lock()
	defer log.disk.Unlock()
	if !mine.written { // else whoever had the disk before took it along
		mine.written = true
		log.take(mine)
		mine.err = log.write(s.layout.Deliveries(), mine)
	}
	return d, mine.err
}

// join adds the delivery to the batch that waits.
func (l *deliveries) join(d slot.Delivery) (slot.Delivery, *deliveryBatch, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	d.Number = l.last + 1
	line, err := json.Marshal(d)
	if err != nil {
		return d, nil, fmt.Errorf("cannot encode delivery %d: %w", d.Number, err)
	}
	l.last = d.Number
	if l.next == nil {
		l.next = &deliveryBatch{}
	}
	l.next.lines = append(append(l.next.lines, line...), '\n')
	l.next.records = append(l.next.records, clone(d))
	return d, l.next, nil
}

// take makes later deliveries begin another batch.
func (l *deliveries) take(b *deliveryBatch) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.next == b {
		l.next = nil
	}
}

func (l *deliveries) write(path string, b *deliveryBatch) error {
	if l.closed {
		return slot.E(slot.KindFailed, "", errClosed)
	}
	if _, err := appendLines(path, b.lines, (*os.File).Sync); err != nil {
		return err
	}
	l.mu.Lock()
	l.keep(b.records)
	l.mu.Unlock()
	if l.lines += len(b.records); l.lines > 2*keptDeliveries {
		l.compact(path)
	}
	return nil
}

// keep adds records and forgets the oldest. The caller holds mu.
func (l *deliveries) keep(records []slot.Delivery) {
	l.kept = append(l.kept, records...)
	if over := len(l.kept) - keptDeliveries; over > 0 {
		l.kept = slices.Clone(l.kept[over:])
	}
}

// compact writes the file anew with what is kept of it. Where it cannot be
// written the old one goes on, and grows until it can.
func (l *deliveries) compact(path string) {
	l.mu.Lock()
	var lines bytes.Buffer
	enc := json.NewEncoder(&lines)
	n := len(l.kept)
	for _, d := range l.kept {
		_ = enc.Encode(d) // it was encoded before
	}
	l.mu.Unlock()
	if writeFile(path, lines.Bytes()) == nil {
		l.lines = n
	}
}

func (l *deliveries) close() {
	l.disk.Lock()
	l.closed = true
	l.disk.Unlock()
}

// Deliveries returns copies of the newest deliveries, newest first; all that
// are kept where limit is 0.
func (s *Store) Deliveries(limit int) []slot.Delivery {
	l := &s.deliveries
	l.mu.Lock()
	defer l.mu.Unlock()
	all := []slot.Delivery{}
	for i := len(l.kept) - 1; i >= 0 && (limit == 0 || len(all) < limit); i-- {
		all = append(all, clone(l.kept[i]))
	}
	return all
}

// Delivery returns a copy of one of the newest 1000 deliveries.
func (s *Store) Delivery(number int64) (slot.Delivery, bool) {
	l := &s.deliveries
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := range l.kept {
		if l.kept[i].Number == number {
			return clone(l.kept[i]), true
		}
	}
	return slot.Delivery{}, false
}

// SameDeliveries returns copies of the kept deliveries with the ID or, where
// it is not empty, the digest, newest first.
func (s *Store) SameDeliveries(source, id, digest string) []slot.Delivery {
	l := &s.deliveries
	l.mu.Lock()
	defer l.mu.Unlock()
	var same []slot.Delivery
	for i := len(l.kept) - 1; i >= 0; i-- {
		d := &l.kept[i]
		if d.Source == source && (d.ID == id || digest != "" && d.Digest == digest) {
			same = append(same, clone(*d))
		}
	}
	return same
}

func (s *Store) loadDeliveries() error {
	l := &s.deliveries
	path := s.layout.Deliveries()
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return damaged(path, err)
	}
	defer f.Close()
	r := bufio.NewReaderSize(f, 64<<10)
	for {
		line, err := readLine(r)
		var d slot.Delivery
		// What does not parse is what a killed daemon left.
		if json.Unmarshal(line, &d) == nil && 0 < d.Number && d.Number < maxID {
			l.keep([]slot.Delivery{d})
			l.last = max(l.last, d.Number)
		}
		if len(line) > 0 {
			l.lines++
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return damaged(path, err)
		}
	}
}
