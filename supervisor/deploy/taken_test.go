package deploy

import "testing"

// The lines are what the runtimes print, each with its own way to name the port.
func TestTaken_FindsThePortInTheLastWords(t *testing.T) {
	for _, tt := range []struct {
		name  string
		lines []string
		port  int
		clash bool
	}{
		{"node", []string{"Error: listen EADDRINUSE: address already in use 127.0.0.1:3000", "    at Server.setupListenHandle"}, 3000, true},
		{"node on every address", []string{"Error: listen EADDRINUSE: address already in use :::8080"}, 8080, true},
		{"go", []string{"2026/11/23 listen tcp :8080: bind: address already in use"}, 8080, true},
		{"python", []string{"OSError: [Errno 98] Address already in use"}, 0, true},
		{"puma", []string{`Address already in use - bind(2) for "127.0.0.1" port 9292 (Errno::EADDRINUSE)`}, 9292, true},
		{"php", []string{"Failed to listen on 127.0.0.1:8000 (reason: Address already in use)"}, 8000, true},
		{"rust", []string{`Os { code: 98, kind: AddrInUse, message: "Address already in use" }`}, 0, true},
		{"something else", []string{"connect ECONNREFUSED 127.0.0.1:5432"}, 0, false},
		{"nothing", nil, 0, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			port, clash := taken(tt.lines)
			if port != tt.port || clash != tt.clash {
				t.Errorf("got %d, %v; want %d, %v", port, clash, tt.port, tt.clash)
			}
		})
	}
}
