// Command go-api is a small API with a page, on the standard library alone.
package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"html/template"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	// The page is read from the app's folder, where slot starts the program.
	page := template.Must(template.ParseFiles("templates/index.html"))
	notes := &notes{}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		data := map[string]any{"Greeting": greeting(), "Slot": os.Getenv("SLOT_NAME"), "Release": os.Getenv("SLOT_RELEASE"), "Notes": notes.all()}
		if err := page.Execute(w, data); err != nil {
			log.Print(err)
		}
	})
	mux.HandleFunc("GET /api/notes", func(w http.ResponseWriter, _ *http.Request) { answer(w, http.StatusOK, notes.all()) })
	mux.HandleFunc("POST /api/notes", notes.add)
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusOK, map[string]any{"ok": true, "release": os.Getenv("SLOT_RELEASE")})
	})

	address := net.JoinHostPort(cmp.Or(os.Getenv("HOST"), "127.0.0.1"), cmp.Or(os.Getenv("PORT"), "3000"))
	server := &http.Server{Addr: address, Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	// slot sends TERM once the last request was handed over.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	stopped := make(chan error, 1)
	go func() {
		<-ctx.Done()
		grace, cancel := context.WithTimeout(context.Background(), 8*time.Second)
		defer cancel()
		stopped <- server.Shutdown(grace)
	}()
	log.Printf("listening on %s", address)
	if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		log.Fatal(err)
	}
	if err := <-stopped; err != nil {
		log.Fatal(err)
	}
}

func greeting() string { return cmp.Or(os.Getenv("GREETING"), "Hello from Go") }

func answer(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	if err := json.NewEncoder(w).Encode(value); err != nil {
		log.Print(err)
	}
}
