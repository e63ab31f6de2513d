package hooks

import (
	"context"
	"errors"
	"fmt"
	"io"

	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"

	"github.com/slot-paas/slot/hooks/hookpb"
	"github.com/slot-paas/slot/slot"
)

// ErrBuildFailed is the error of a build that failed in an orderly way: its
// diagnostics say why.
var ErrBuildFailed = errors.New("the build failed")

// ErrNoResult is the error of a build whose stream ended before its result.
var ErrNoResult = errors.New("the hook ended the build without a result")

// Client is a host's end of a running hook. It is safe for concurrent use; it
// lives as long as the connection that go-plugin made.
type Client struct {
	rpc  hookpb.HookServiceClient
	name string
}

// NewClient returns the client of a hook that listens on the connection.
func NewClient(connection grpc.ClientConnInterface) *Client {
	return &Client{rpc: hookpb.NewHookServiceClient(connection)}
}

// Named returns a client of the hook of that name, in a process that serves
// several.
func (c *Client) Named(name string) *Client { return &Client{rpc: c.rpc, name: name} }

// to says which hook a call is for.
func (c *Client) to(ctx context.Context) context.Context {
	if c.name == "" {
		return ctx
	}
	return metadata.AppendToOutgoingContext(ctx, nameKey, c.name)
}

// Describe asks who the hook is and tells it the version of slot.
func (c *Client) Describe(ctx context.Context, version string) (Description, error) {
	d, err := c.rpc.Describe(c.to(ctx), &hookpb.DescribeRequest{SlotVersion: version})
	if err != nil {
		return Description{}, err
	}
	return descriptionFromWire(d), nil
}

// Detect asks whether the app is one for the hook.
func (c *Client) Detect(ctx context.Context, app App) (Detection, error) {
	d, err := c.rpc.Detect(c.to(ctx), &hookpb.DetectRequest{App: appToWire(app)})
	if err != nil {
		return Detection{}, err
	}
	return detectionFromWire(d), nil
}

// Build builds and calls sink for each event, in order, from this goroutine.
// The error is ErrBuildFailed, ErrNoResult or that of a broken hook.
func (c *Client) Build(ctx context.Context, request BuildRequest, sink func(Event)) (Result, error) {
	stream, err := c.rpc.Build(c.to(ctx), requestToWire(request))
	if err != nil {
		return Result{}, err
	}
	var result *hookpb.BuildResult
	for {
		message, err := stream.Recv()
		switch {
		case errors.Is(err, io.EOF) && result == nil:
			return Result{}, ErrNoResult
		case errors.Is(err, io.EOF) && !result.GetOk():
			return resultFromWire(result), ErrBuildFailed
		case errors.Is(err, io.EOF):
			return resultFromWire(result), nil
		case err != nil:
			return Result{}, err
		case result != nil:
			return Result{}, fmt.Errorf("the hook went on after the result of the build")
		}
		switch event := message.GetEvent().(type) {
		case *hookpb.BuildResponse_Log:
			line := event.Log.GetLine()
			line = line[:min(len(line), MaxLine)]
			sink(Event{Line: &slot.BuildLine{Stream: streamFromWire(event.Log.GetStream()), Text: text(string(line))}})
		case *hookpb.BuildResponse_Step:
			step := stepFromWire(event.Step)
			sink(Event{Step: &step})
		case *hookpb.BuildResponse_Diagnostic:
			d := diagnosticFromWire(event.Diagnostic)
			sink(Event{Diagnostic: &d})
		case *hookpb.BuildResponse_Result:
			result = event.Result
		}
	}
}
