package commands

import (
	"context"
	"net/url"
)

// withKey returns the admin's address as one that lets a browser in.
func (w *World) withKey(ctx context.Context, address string) (string, error) {
	c, err := w.connectOrStart(ctx)
	if err != nil {
		return "", err
	}
	link, err := c.AdminLink(ctx)
	if err != nil {
		return "", err
	}
	made, err := url.Parse(link.URL)
	if err != nil {
		return "", err
	}
	outer, err := url.Parse(address)
	if err != nil {
		return "", err
	}
	outer.Path, outer.RawQuery = made.Path, made.RawQuery
	return outer.String(), nil
}
