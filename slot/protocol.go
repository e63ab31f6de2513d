package slot

import "fmt"

// AppProtocol is what an app's port speaks.
type AppProtocol string

// The protocols of apps.
const (
	ProtocolHTTP AppProtocol = "http" // HTTP/1.1, with WebSockets and other upgrades
	ProtocolH2C  AppProtocol = "h2c"  // HTTP/2 without TLS and without a word before, as gRPC has it
)

func (p AppProtocol) validate(field string) error {
	switch p {
	case "", ProtocolHTTP, ProtocolH2C:
		return nil
	}
	return usage(field, fmt.Sprintf("%q", p), "http or h2c")
}
