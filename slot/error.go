package slot

import (
	"context"
	"encoding/json"
	"errors"
)

// Kind says what went wrong in a way that a program can act on. It decides
// the exit code.
type Kind string

// The kinds and their exit codes; docs/exit-codes.md is the contract.
const (
	KindFailed      Kind = "failed"      // 1: anything without a kind of its own
	KindUsage       Kind = "usage"       // 2: wrong command line or bad value
	KindUnreachable Kind = "unreachable" // 3: the daemon does not answer
	KindKept        Kind = "kept"        // 4: deployment failed, the previous release still serves
	KindDown        Kind = "down"        // 5: deployment failed, nothing serves
	KindNotFound    Kind = "not_found"   // 6: no such slot or release
	KindRefused     Kind = "refused"     // 7: access, token or signature
	KindCanceled    Kind = "canceled"    // 8: canceled or superseded
)

// HTTPStatus is the status of RFC 9110 that stands for the kind in an answer;
// clients go by the kind in its body.
func (k Kind) HTTPStatus() int {
	switch k {
	case KindUsage:
		return 400
	case KindNotFound:
		return 404
	case KindRefused:
		return 403
	case KindUnreachable:
		return 503
	}
	return 500
}

// Error is the error that crosses room borders. Hint is one command or
// setting that the reader can use next; it may be empty. An Error is never
// changed after it was made.
type Error struct {
	Kind Kind
	Err  error
	Hint string
}

// E wraps err with a kind and a hint. A nil err
// gives nil.
func E(kind Kind, hint string, err error) error {
	if err == nil {
		return nil
	}
	return &Error{Kind: kind, Hint: hint, Err: err}
}

// Error returns the text without the hint.
func (e *Error) Error() string { return e.Err.Error() }

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// MarshalJSON writes {"kind","message","hint"}, the form on the control API
// and in --json output.
func (e *Error) MarshalJSON() ([]byte, error) {
	return json.Marshal(wireError{e.Kind, e.Err.Error(), e.Hint})
}

// UnmarshalJSON reads what MarshalJSON wrote; the cause becomes plain text.
func (e *Error) UnmarshalJSON(b []byte) error {
	var w wireError
	if err := json.Unmarshal(b, &w); err != nil {
		return err
	}
	*e = Error{Kind: w.Kind, Err: errors.New(w.Message), Hint: w.Hint}
	return nil
}

type wireError struct {
	Kind    Kind   `json:"kind"`
	Message string `json:"message"`
	Hint    string `json:"hint,omitempty"`
}

// AsError returns err as an *Error, wrapping it with KindFailed, or
// KindCanceled for a canceled context, where it has no kind. nil gives nil.
func AsError(err error) *Error {
	if err == nil {
		return nil
	}
	var e *Error
	if errors.As(err, &e) {
		return &Error{Kind: e.Kind, Hint: e.Hint, Err: err}
	}
	if errors.Is(err, context.Canceled) {
		return &Error{Kind: KindCanceled, Err: err}
	}
	return &Error{Kind: KindFailed, Err: err}
}

// ExitCode returns the exit code of the command that ended with err: 0 for
// nil, else 1 to 8 by its kind.
func ExitCode(err error) int {
	if err == nil {
		return 0
	}
	switch AsError(err).Kind {
	case KindUsage:
		return 2
	case KindUnreachable:
		return 3
	case KindKept:
		return 4
	case KindDown:
		return 5
	case KindNotFound:
		return 6
	case KindRefused:
		return 7
	case KindCanceled:
		return 8
	}
	return 1
}
