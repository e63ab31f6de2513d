// Command app is what the chaos suite deploys: it answers with its pid and
// writes a numbered line every millisecond. /count says how many it has
// written, /flood?n=N writes N more at once.
package main

import (
	"fmt"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"
)

// lines are numbered, and each is one write.
type lines struct {
	mu sync.Mutex
	n  int
}

var padding = strings.Repeat("x", 60)

func (l *lines) write(n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for range n {
		fmt.Fprintf(os.Stdout, "n %d %s\n", l.n, padding)
		l.n++
	}
}

func (l *lines) count() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.n
}

func main() {
	var l lines
	go func() {
		for range time.Tick(time.Millisecond) {
			l.write(1)
		}
	}()
	http.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintf(w, "pid %d\n", os.Getpid()) })
	http.HandleFunc("/count", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, l.count()) })
	http.HandleFunc("/flood", func(_ http.ResponseWriter, r *http.Request) {
		n, err := strconv.Atoi(r.FormValue("n"))
		for ; err == nil && n > 0; n -= 100 {
			l.write(min(n, 100))
		}
	})
	fmt.Fprintln(os.Stderr, http.ListenAndServe("127.0.0.1:"+os.Getenv("PORT"), nil))
	os.Exit(1)
}
