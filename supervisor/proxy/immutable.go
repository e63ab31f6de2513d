package proxy

import (
	"path"
	"strings"

	"github.com/slot-paas/slot/internal/lazyregexp"
)

// wordLike matches what people put at the end of a file's name ("portrait",
// "Summer24", "iPhone15") and a hash hardly ever is.
var wordLike = lazyregexp.New(`^[a-z]?([A-Z]?[a-z]{2,})*[0-9]*$`)

// immutable reports whether a file's name changes with its content, so that a
// browser may keep it for a year. A wrong yes cannot be taken back and a wrong
// no costs one revalidation: in doubt it is no.
//
// The forms are those of Vite, Rollup and Astro (index-BfX3k2a9.js: 8 of
// base64url), esbuild and Angular (main-K7QX2ABC.js: 8 of base32), webpack,
// Parcel and Turbopack (main.1a2b3c4d.chunk.js: hex), and the folders that
// SvelteKit and Next.js name so.
func immutable(name string) bool {
	if strings.HasPrefix(name, "_app/immutable/") || strings.HasPrefix(name, "_next/static/") {
		return true
	}
	base := strings.TrimSuffix(path.Base(name), ".map")
	ext := path.Ext(base)
	if ext == "" || ext == ".html" {
		return false
	}
	stem := strings.TrimSuffix(base, ext)
	for _, s := range []string{".chunk", ".min", ".bundle"} {
		stem = strings.TrimSuffix(stem, s)
	}
	if i := strings.LastIndexAny(stem, ".-_"); i > 0 && hexHash(stem[i+1:]) {
		return true
	}
	if n := len(stem) - 8; n > 1 && strings.IndexByte(".-", stem[n-1]) >= 0 {
		return shortHash(stem[n:])
	}
	return false
}

// hexHash takes 8 to 64 digits of lower-case hex with a letter and a digit.
func hexHash(s string) bool {
	if len(s) < 8 || len(s) > 64 || strings.Trim(s, "0123456789abcdef") != "" {
		return false
	}
	return strings.ContainsAny(s, "0123456789") && strings.ContainsAny(s, "abcdef")
}

// shortHash takes 8 characters of base64url with upper case, lower case and a
// digit, or of base32 with a digit.
func shortHash(s string) bool {
	var upper, lower, digit int
	for _, c := range []byte(s) {
		switch {
		case 'A' <= c && c <= 'Z':
			upper++
		case 'a' <= c && c <= 'z':
			lower++
		case '0' <= c && c <= '9':
			digit++
		case c != '-' && c != '_':
			return false
		}
	}
	if upper+digit == len(s) {
		return upper > 3 && digit > 0 && !strings.ContainsAny(s, "0189")
	}
	return upper > 0 && lower > 0 && digit > 0 && !wordLike.MatchString(s)
}
