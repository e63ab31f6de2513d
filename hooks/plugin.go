package hooks

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime/debug"

	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"github.com/slot-paas/slot/hooks/hookpb"
	"github.com/slot-paas/slot/slot"
)

// PluginName is the name under which a host dispenses the *Client.
const PluginName = "hook"

// ParentEnv is the variable by which a host tells its own process id, so that
// a hook whose host died before it could look still notices.
const ParentEnv = "SLOT_HOOK_PARENT"

const (
	cookieKey   = "SLOT_HOOK_COOKIE"
	cookieValue = "0c4f5c7e1f0b4a5f9a5d3f1c1d6f6d6b"
)

// Handshake is what both ends must know before they talk: no secret, only a
// sign that the program is a hook.
func Handshake() plugin.HandshakeConfig {
	return plugin.HandshakeConfig{MagicCookieKey: cookieKey, MagicCookieValue: cookieValue}
}

// Plugins maps each major version of the contract to its plugins. A host has
// no hooks of its own to give.
func Plugins(served ...Hook) map[int]plugin.PluginSet {
	return map[int]plugin.PluginSet{1: {PluginName: &grpcPlugin{hooks: served}}}
}

// grpcPlugin is the contract as go-plugin wants it.
type grpcPlugin struct {
	plugin.NetRPCUnsupportedPlugin
	hooks []Hook
}

func (p *grpcPlugin) GRPCServer(_ *plugin.GRPCBroker, s *grpc.Server) error {
	hookpb.RegisterHookServiceServer(s, &server{hooks: p.hooks})
	return nil
}

func (p *grpcPlugin) GRPCClient(_ context.Context, _ *plugin.GRPCBroker, c *grpc.ClientConn) (any, error) {
	return NewClient(c), nil
}

// server answers a host's calls with a Hook.
type server struct {
	hookpb.UnimplementedHookServiceServer
	hooks []Hook
}

// nameKey is the metadata by which a call says which of several hooks in one
// process it means. Without it the first one answers, which is the only one of
// a third party's.
const nameKey = "slot-hook"

func (s *server) hook(ctx context.Context) Hook {
	if asked := metadata.ValueFromIncomingContext(ctx, nameKey); len(asked) > 0 {
		for _, h := range s.hooks {
			if h.Describe().Name == asked[0] {
				return h
			}
		}
	}
	return s.hooks[0]
}

func (s *server) Describe(ctx context.Context, _ *hookpb.DescribeRequest) (*hookpb.DescribeResponse, error) {
	return descriptionToWire(s.hook(ctx).Describe()), nil
}

func (s *server) Detect(ctx context.Context, r *hookpb.DetectRequest) (*hookpb.DetectResponse, error) {
	d, err := s.hook(ctx).Detect(ctx, appFromWire(r.GetApp()))
	if err != nil {
		return nil, err
	}
	return detectionToWire(d), nil
}

func (s *server) Build(r *hookpb.BuildRequest, stream grpc.ServerStreamingServer[hookpb.BuildResponse]) (err error) {
	defer func() {
		// A crash at once would lose what the build told last.
		if p := recover(); p != nil {
			stderr := os.NewFile(2, "stderr") // os.Stderr is go-plugin's by now
			_, _ = fmt.Fprintf(stderr, "panic: %v\n\n%s", p, debug.Stack())
			err = status.Errorf(codes.Internal, "panic: %v", p)
		}
	}()
	ctx := stream.Context()
	h := s.hook(ctx)
	request := requestFromWire(r)
	b := &Build{app: request.App, send: stream.Send}
	result, err := h.Build(ctx, request, b)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		b.explain(h.Describe().Name, err)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.send(&hookpb.BuildResponse{Event: &hookpb.BuildResponse_Result{Result: resultToWire(err == nil, result)}})
}

// explain makes sure that a failed build has an error diagnostic.
func (b *Build) explain(hook string, err error) {
	var failure *Failure
	var hinted *slot.Error
	d := slot.Diagnostic{Severity: slot.SeverityError, Code: hook + ".build_failed", Summary: err.Error()}
	switch {
	case errors.As(err, &failure):
		d = failure.Diagnostic
		d.Severity = slot.SeverityError
	case b.told:
		return
	case errors.As(err, &hinted):
		d.Hint = hinted.Hint
	}
	b.Diagnose(d)
}
