// Command genproto makes the Go code of the hook contract from
// hooks/proto/hook.proto without protoc: it compiles the file itself and hands
// the result to protoc-gen-go and protoc-gen-go-grpc, whose versions this
// module pins.
//
//	go -C internal/genproto run . -write   # write hooks/hookpb
//	go -C internal/genproto run . -check   # fail when hooks/hookpb is not current
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/bufbuild/protocompile"
	"github.com/bufbuild/protocompile/protoutil"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/pluginpb"
)

const (
	root   = "../.." // go -C sets the working folder
	source = "hook.proto"
)

func main() {
	write := flag.Bool("write", false, "write the generated files")
	check := flag.Bool("check", false, "fail when a generated file is not current")
	flag.Parse()
	if *write == *check {
		fmt.Fprintln(os.Stderr, "genproto: give one of -write and -check")
		os.Exit(2)
	}
	if err := run(context.Background(), *write); err != nil {
		fmt.Fprintln(os.Stderr, "genproto:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, write bool) error {
	file, err := compile(ctx)
	if err != nil {
		return err
	}
	for _, plugin := range []string{"protoc-gen-go", "protoc-gen-go-grpc"} {
		files, err := generate(ctx, plugin, file)
		if err != nil {
			return err
		}
		for _, f := range files {
			path := filepath.Join(root, "hooks", "hookpb", f.GetName())
			if write {
				err = os.WriteFile(path, []byte(f.GetContent()), 0o644)
			} else {
				err = same(path, f.GetContent())
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

func compile(ctx context.Context) (*descriptorpb.FileDescriptorProto, error) {
	compiler := protocompile.Compiler{
		Resolver:       &protocompile.SourceResolver{ImportPaths: []string{filepath.Join(root, "hooks", "proto")}},
		SourceInfoMode: protocompile.SourceInfoStandard, // carries the comments over
	}
	files, err := compiler.Compile(ctx, source)
	if err != nil {
		return nil, err
	}
	return protoutil.ProtoFromFileDescriptor(files[0]), nil
}

func generate(ctx context.Context, plugin string, file *descriptorpb.FileDescriptorProto) ([]*pluginpb.CodeGeneratorResponse_File, error) {
	request, err := proto.Marshal(&pluginpb.CodeGeneratorRequest{
		FileToGenerate: []string{source},
		Parameter:      proto.String("paths=source_relative"),
		ProtoFile:      []*descriptorpb.FileDescriptorProto{file},
	})
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, "go", "tool", plugin)
	cmd.Stdin = bytes.NewReader(request)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("cannot run %s: %w", plugin, err)
	}
	var response pluginpb.CodeGeneratorResponse
	if err := proto.Unmarshal(out, &response); err != nil {
		return nil, fmt.Errorf("cannot read the answer of %s: %w", plugin, err)
	}
	if response.Error != nil {
		return nil, errors.New(plugin + ": " + response.GetError())
	}
	return response.File, nil
}

func same(path, want string) error {
	got, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if string(got) != want {
		return fmt.Errorf("%s is not current: run go -C internal/genproto run . -write", filepath.Clean(path))
	}
	return nil
}
