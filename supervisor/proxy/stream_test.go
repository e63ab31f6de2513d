package proxy_test

import (
	"bufio"
	"crypto/sha256"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/textproto"
	"strings"
	"testing"
	"time"

	"github.com/slot-paas/slot/supervisor/proxy"
)

func TestProcess_FlushesEventStreamsAtOnce(t *testing.T) {
	f, address := newFront(t, proxy.FrontOptions{})
	next := make(chan struct{})
	f.Switch(newProcess(t, 1, newApp(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		for n := range 3 {
			fmt.Fprintf(w, "data: %d\n", n)
			http.NewResponseController(w).Flush()
			<-next // the client has the line before the app goes on
		}
	}), proxy.ProcessOptions{}))
	res, err := newClient(t).Get("http://" + address)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	lines := bufio.NewReader(res.Body)
	for n := range 3 {
		if line, err := lines.ReadString('\n'); line != fmt.Sprintf("data: %d\n", n) {
			t.Fatalf("%q %v", line, err)
		}
		next <- struct{}{}
	}
}

func TestProcess_StreamsLargeBodiesBothWays(t *testing.T) {
	const size = 24 << 20
	f, address := newFront(t, proxy.FrontOptions{})
	f.Switch(newProcess(t, 1, newApp(t, func(w http.ResponseWriter, r *http.Request) {
		http.NewResponseController(w).EnableFullDuplex()
		io.Copy(w, r.Body)
	}), proxy.ProcessOptions{}))
	sent := sha256.New()
	body := io.TeeReader(io.LimitReader(rand.NewChaCha8([32]byte{1}), size), sent)
	res, err := newClient(t).Post("http://"+address, "application/octet-stream", body)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	got := sha256.New()
	if n, err := io.Copy(got, res.Body); n != size || err != nil {
		t.Fatalf("%d bytes, %v", n, err)
	}
	if string(got.Sum(nil)) != string(sent.Sum(nil)) {
		t.Error("the bytes differ")
	}
}

func TestProcess_PassesTrailersOn(t *testing.T) {
	f, address := newFront(t, proxy.FrontOptions{})
	f.Switch(newProcess(t, 1, newApp(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Trailer", "X-Sum")
		io.WriteString(w, "body")
		w.Header().Set("X-Sum", "42")
		w.Header().Set(http.TrailerPrefix+"X-Late", "yes")
	}), proxy.ProcessOptions{}))
	res, _ := get(t, address, "/")
	if res.Trailer.Get("X-Sum") != "42" || res.Trailer.Get("X-Late") != "yes" {
		t.Errorf("trailers %v", res.Trailer)
	}
}

func TestProcess_PassesEarlyHintsOn(t *testing.T) {
	f, address := newFront(t, proxy.FrontOptions{})
	target := newProcess(t, 1, newApp(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Link", "</app.css>; rel=preload")
		w.WriteHeader(http.StatusEarlyHints)
		w.WriteHeader(http.StatusInternalServerError)
	}), proxy.ProcessOptions{})
	f.Switch(target)
	var hints []string
	r, _ := http.NewRequest("GET", "http://"+address, nil)
	r = r.WithContext(httptrace.WithClientTrace(r.Context(), &httptrace.ClientTrace{
		Got1xxResponse: func(code int, h textproto.MIMEHeader) error {
			hints = append(hints, fmt.Sprint(code, " ", h.Get("Link")))
			return nil
		},
	}))
	res, err := newClient(t).Do(r)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != 500 || len(hints) != 1 || hints[0] != "103 </app.css>; rel=preload" {
		t.Errorf("%d %q", res.StatusCode, hints)
	}
	if s := target.Stats(); s.Failures != 1 {
		t.Errorf("Stats() = %+v", s)
	}
}

func TestProcess_LetsTheAppRefuseABodyBeforeItIsSent(t *testing.T) {
	f, address := newFront(t, proxy.FrontOptions{})
	f.Switch(newProcess(t, 1, newApp(t, func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusRequestEntityTooLarge)
	}), proxy.ProcessOptions{}))
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(patience))
	io.WriteString(c, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9000000\r\nExpect: 100-continue\r\n\r\n")
	res, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatal(err)
	}
	if res.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("%d", res.StatusCode)
	}
}

func TestProcess_RefusesConnect(t *testing.T) {
	f, address := newFront(t, proxy.FrontOptions{})
	f.Switch(newProcess(t, 1, newApp(t, reflector), proxy.ProcessOptions{}))
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(patience))
	io.WriteString(c, "CONNECT 127.0.0.1:22 HTTP/1.1\r\nHost: 127.0.0.1:22\r\n\r\n")
	if line, err := bufio.NewReader(c).ReadString('\n'); !strings.Contains(line, "405") {
		t.Errorf("%q %v", line, err)
	}
}
