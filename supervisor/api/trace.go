package api

import (
	"net/http"
	"time"
)

// send sends a request and tells Trace how it went.
func (c *Client) send(req *http.Request) (*http.Response, error) {
	begun := time.Now()
	res, err := c.http.Do(req)
	if c.Trace != nil {
		outcome := "no answer"
		if err == nil {
			outcome = res.Status
		}
		c.Trace(req.Method, req.URL.Path, outcome, time.Since(begun))
	}
	return res, err
}
