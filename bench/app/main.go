// Command app is what the benches run: a small HTTP server that can also write
// lines, start children and end, so that every supervisor and every proxy has
// the same to do. It listens on 127.0.0.1:$PORT.
//
//	GET /          1 KiB
//	GET /big       10 MiB
//	GET /pid       its process number
//	GET /lines?n=  writes so many lines of 100 bytes to standard output, a write each
//	GET /child     starts a child that outlives it; ?session in a session of its own
//
// Where the file that CRASH names is there, it exits at once; with TICK it writes a numbered line each
// millisecond. "app lines N" writes the lines and exits.
package main

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"syscall"
	"time"
)

func main() {
	os.Exit(run())
}

func run() int {
	if len(os.Args) == 3 && os.Args[1] == "lines" {
		n, _ := strconv.Atoi(os.Args[2])
		lines(n)
		return 0
	}
	if _, err := os.Stat(os.Getenv("CRASH")); err == nil {
		return 1
	}
	if os.Getenv("TICK") != "" {
		go tick()
	}
	small, big := bytes.Repeat([]byte("x"), 1<<10), bytes.Repeat([]byte("x"), 10<<20)
	http.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { w.Write(small) })
	http.HandleFunc("/big", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", strconv.Itoa(len(big)))
		w.Write(big)
	})
	http.HandleFunc("/pid", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, os.Getpid()) })
	http.HandleFunc("/lines", func(w http.ResponseWriter, r *http.Request) {
		n, _ := strconv.Atoi(r.FormValue("n"))
		lines(n)
	})
	http.HandleFunc("/child", child)
	fmt.Fprintln(os.Stderr, http.ListenAndServe("127.0.0.1:"+os.Getenv("PORT"), nil))
	return 1
}

// lines writes n numbered lines of 100 bytes.
func lines(n int) {
	line := append(bytes.Repeat([]byte("."), 99), '\n')
	for i := range n {
		copy(line, fmt.Sprintf("%09d ", i))
		os.Stdout.Write(line)
	}
}

func tick() {
	n := 0
	for range time.Tick(time.Millisecond) {
		if _, err := fmt.Printf("tick %d\n", n); err != nil {
			os.Exit(1)
		}
		n++
	}
}

func child(w http.ResponseWriter, r *http.Request) {
	cmd := exec.Command("sleep", "60")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: r.URL.Query().Has("session")}
	if err := cmd.Start(); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	go cmd.Wait()
	fmt.Fprint(w, cmd.Process.Pid)
}
