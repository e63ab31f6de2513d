package proxy_test

import (
	"io"
	"net/http"
	"runtime"
	"testing"
	"time"

	"github.com/slot-paas/slot/supervisor/proxy"
)

// zeros is an endless body.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }

// All that is allocated while 256 MiB go up and down is a fraction of them:
// nothing is buffered.
func TestProcess_KeepsMemoryFlatWhateverIsStreamed(t *testing.T) {
	const size, most = 256 << 20, 16 << 20
	f, address := newFront(t, proxy.FrontOptions{})
	f.Switch(newProcess(t, 1, newApp(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			io.Copy(io.Discard, r.Body)
			return
		}
		io.CopyN(w, zeros{}, size)
	}), proxy.ProcessOptions{}))
	client := newClient(t)
	client.Timeout = 3 * patience
	allocated := func(what func()) uint64 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		what()
		runtime.ReadMemStats(&after)
		return after.TotalAlloc - before.TotalAlloc
	}
	if n := allocated(func() {
		res, err := client.Post("http://"+address, "application/octet-stream", io.LimitReader(zeros{}, size))
		if err != nil || res.StatusCode != 200 {
			t.Errorf("%v %v", res, err)
			return
		}
		res.Body.Close()
	}); n > most {
		t.Errorf("an upload allocated %d MiB", n>>20)
	}
	if n := allocated(func() {
		res, err := client.Get("http://" + address)
		if err != nil {
			t.Error(err)
			return
		}
		defer res.Body.Close()
		if n, err := io.Copy(io.Discard, res.Body); n != size || err != nil {
			t.Errorf("%d bytes, %v", n, err)
		}
	}); n > most {
		t.Errorf("a download allocated %d MiB", n>>20)
	}
}

// A client that takes its answer slowly holds up its own request and nobody
// else's, and its answer is not piled up here.
func TestProcess_ASlowClientHoldsUpNobody(t *testing.T) {
	f, address := newFront(t, proxy.FrontOptions{})
	sent := make(chan int64, 1)
	f.Switch(newProcess(t, 1, newApp(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/big" {
			http.NewResponseController(w).SetWriteDeadline(time.Now().Add(300 * time.Millisecond))
			n, _ := io.CopyN(w, zeros{}, 256<<20)
			sent <- n
		}
	}), proxy.ProcessOptions{}))
	res, err := newClient(t).Get("http://" + address + "/big") // and is not read
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	for range 20 {
		if res, _ := get(t, address, "/"); res.StatusCode != 200 {
			t.Errorf("%d", res.StatusCode)
		}
	}
	if n := <-sent; n > 64<<20 {
		t.Errorf("the app got rid of %d MiB that the client had not taken", n>>20)
	}
}
