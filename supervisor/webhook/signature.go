package webhook

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"net/http"
	"strings"
)

// signed tells whether a body is the one that was signed. It takes the same
// time whatever is wrong.
type signed func(body []byte) bool

// hexSignature is the form of GitHub, Gitea and Bitbucket: the HMAC-SHA256 of
// the raw body in hexadecimal, after a prefix. SHA-1, other spellings and
// several headers are refused before the body is read.
func hexSignature(h http.Header, name, prefix string, secrets []string) (signed, error) {
	values := h.Values(name)
	if len(values) == 0 {
		return nil, errUnsigned
	}
	digits, ok := strings.CutPrefix(values[0], prefix)
	if !ok || len(values) > 1 || len(digits) != hex.EncodedLen(sha256.Size) || strings.ToLower(digits) != digits {
		return nil, errSignature
	}
	got, err := hex.DecodeString(digits)
	if err != nil {
		return nil, errSignature
	}
	return func(body []byte) bool {
		right := false
		for _, secret := range secrets {
			right = hmac.Equal(got, sign(secret, body)) || right
		}
		return right
	}, nil
}

func sign(secret string, parts ...[]byte) []byte {
	mac := hmac.New(sha256.New, []byte(secret))
	for _, p := range parts {
		mac.Write(p)
	}
	return mac.Sum(nil)
}

// Sign returns what GitHub writes into X-Hub-Signature-256.
func Sign(secret string, body []byte) string {
	return "sha256=" + hex.EncodeToString(sign(secret, body))
}

// isOneOf compares with every candidate, in the same time whichever it is.
func isOneOf(got string, candidates []string) bool {
	right := 0
	for _, c := range candidates {
		right |= subtle.ConstantTimeCompare([]byte(got), []byte(c))
	}
	return right == 1
}
