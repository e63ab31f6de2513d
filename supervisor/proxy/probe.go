package proxy

import (
	"context"
	"net/http"
)

// Probe asks the target for a path as a browser would, before it has any
// traffic, and returns the status of its answer. It is not counted.
func (t *Target) Probe(ctx context.Context, path string) (status int, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, path, nil)
	if err != nil {
		return 0, err
	}
	req.Header.Set("Accept", "text/html")
	var res statusOnly
	t.handler.ServeHTTP(&res, req)
	return res.status, nil
}

// statusOnly is a ResponseWriter that keeps nothing but the status.
type statusOnly struct {
	header http.Header
	status int
}

func (s *statusOnly) Header() http.Header {
	if s.header == nil {
		s.header = http.Header{}
	}
	return s.header
}

func (s *statusOnly) WriteHeader(status int) {
	if s.status == 0 {
		s.status = status
	}
}

func (s *statusOnly) Write(b []byte) (int, error) {
	s.WriteHeader(http.StatusOK)
	return len(b), nil
}
