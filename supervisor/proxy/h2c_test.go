package proxy_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/slot-paas/slot/supervisor/proxy"
)

// newH2CApp serves h as an app does that speaks HTTP/2 only, without TLS.
func newH2CApp(t *testing.T, h http.HandlerFunc) int {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &http.Server{Handler: h, Protocols: new(http.Protocols)}
	s.Protocols.SetUnencryptedHTTP2(true)
	go s.Serve(ln)
	t.Cleanup(func() { s.Close() })
	return ln.Addr().(*net.TCPAddr).Port
}

func newH2CClient(t *testing.T) *http.Client {
	t.Helper()
	tr := &http.Transport{Protocols: new(http.Protocols)}
	tr.Protocols.SetUnencryptedHTTP2(true)
	t.Cleanup(tr.CloseIdleConnections)
	return &http.Client{Transport: tr, Timeout: patience}
}

// A gRPC server is such an app: a stream both ways and a status in trailers.
func TestH2C_StreamsBothWaysWithTrailers(t *testing.T) {
	f, address := newFront(t, proxy.FrontOptions{})
	f.Switch(newProcess(t, 1, newH2CApp(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Trailer", "Grpc-Status")
		fmt.Fprintf(w, "%s te=%s: ", r.Proto, r.Header.Get("Te"))
		http.NewResponseController(w).Flush()
		io.Copy(w, r.Body)
		w.Header().Set("Grpc-Status", "0")
	}), proxy.ProcessOptions{HTTP2: true}))

	body, words := io.Pipe()
	req, err := http.NewRequest("POST", "http://"+address+"/pkg.Service/Method", body)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Te", "trailers")
	res, err := newH2CClient(t).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	greeting := make([]byte, len("HTTP/2.0 te=trailers: "))
	if _, err := io.ReadFull(res.Body, greeting); err != nil { // before the body has ended
		t.Fatal(err)
	}
	io.WriteString(words, "hello")
	words.Close()
	rest, err := io.ReadAll(res.Body)
	if got := string(greeting) + string(rest); err != nil || got != "HTTP/2.0 te=trailers: hello" || res.ProtoMajor != 2 {
		t.Errorf("%s %q, %v", res.Proto, got, err)
	}
	if res.Trailer.Get("Grpc-Status") != "0" {
		t.Errorf("trailers %v", res.Trailer)
	}
}

func TestH2C_EitherSideMaySpeakHTTP1(t *testing.T) {
	f, address := newFront(t, proxy.FrontOptions{})
	echo := func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, r.Proto+" ")
		io.Copy(w, r.Body)
	}
	f.Switch(newProcess(t, 1, newH2CApp(t, echo), proxy.ProcessOptions{HTTP2: true}))
	if res, body := do(t, "POST", address, "/", strings.NewReader("x")); res.StatusCode != 200 || body != "HTTP/2.0 x" {
		t.Errorf("to an h2c app: %d %q", res.StatusCode, body)
	}
	f.Switch(newProcess(t, 2, newApp(t, echo), proxy.ProcessOptions{}))
	res, err := newH2CClient(t).Post("http://"+address, "text/plain", strings.NewReader("x"))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if b, err := io.ReadAll(res.Body); err != nil || string(b) != "HTTP/1.1 x" || res.ProtoMajor != 2 {
		t.Errorf("from an h2c client: %s %q, %v", res.Proto, b, err)
	}
}
