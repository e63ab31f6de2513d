package main

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// callers is how many send at once.
const callers = 16

// measure sends valid pushes, then forged ones, and prints a line for each. It
// returns how many were answered otherwise than they should.
func (r *receiver) measure(took time.Duration) (wrong int64) {
	for _, kind := range []struct {
		name   string
		forged bool
	}{{"valid pushes", false}, {"forged ones", true}} {
		times, other := r.load(took, kind.forged)
		slices.Sort(times)
		at := func(q float64) float64 {
			return float64(times[int(q*float64(len(times)-1))].Microseconds()) / 1000
		}
		if len(times) == 0 {
			return 1
		}
		fmt.Printf("| %s | %.0f | %.1f | %.1f | %d | %.0f |\n", kind.name,
			float64(len(times))/took.Seconds(), at(0.5), at(0.99), other, float64(peak(r.pid))/1024)
		wrong += other
	}
	return wrong
}

func (r *receiver) load(took time.Duration, forged bool) (times []time.Duration, other int64) {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: callers}, Timeout: time.Minute}
	var (
		number, bad atomic.Int64
		mu          sync.Mutex
		wg          sync.WaitGroup
	)
	end := time.Now().Add(took)
	for range callers {
		wg.Go(func() {
			var mine []time.Duration
			for time.Now().Before(end) {
				begin := time.Now()
				status, err := r.send(client, number.Add(1), forged)
				mine = append(mine, time.Since(begin))
				good := status == 200 || status == 202
				if forged {
					good = status == 401
				}
				if err != nil || !good {
					bad.Add(1)
				}
			}
			mu.Lock()
			times = append(times, mine...)
			mu.Unlock()
		})
	}
	wg.Wait()
	return times, bad.Load()
}

func (r *receiver) send(client *http.Client, n int64, forged bool) (int, error) {
	body, signature := r.signed(n)
	if forged {
		signature = "sha256=" + strings.Repeat("0", 64)
	}
	req, err := http.NewRequest(http.MethodPost, r.url, strings.NewReader(body))
	if err != nil {
		return 0, err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-GitHub-Event", "push")
	req.Header.Set("X-GitHub-Delivery", strconv.FormatInt(n, 10))
	req.Header.Set("X-Hub-Signature-256", signature)
	res, err := client.Do(req)
	if err != nil {
		return 0, err
	}
	defer res.Body.Close()
	_, err = io.Copy(io.Discard, res.Body)
	return res.StatusCode, err
}

// peak is the most resident memory that a process had, in KiB.
func peak(pid int) int64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	m := regexp.MustCompile(`VmHWM:\s+(\d+)`).FindSubmatch(text)
	if m == nil {
		return 0
	}
	n, _ := strconv.ParseInt(string(m[1]), 10, 64) // digits only
	return n
}

// daemon finds the daemon's process in its log.
func daemon(log string) (int, error) {
	text, err := os.ReadFile(log)
	if err != nil {
		return 0, err
	}
	m := regexp.MustCompile(`serving.* pid=(\d+)`).FindSubmatch(text)
	if m == nil {
		return 0, errors.New("the daemon's log does not name its process")
	}
	return strconv.Atoi(string(m[1]))
}
