// Package hookpb is the generated Go code of hooks/proto/hook.proto. It is for
// the SDK only: hooks and hosts use the types of package hooks.
//
// Made by "go -C internal/genproto run . -write"; "make check" proves it current.
package hookpb
