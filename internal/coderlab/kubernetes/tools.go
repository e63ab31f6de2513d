//go:build tools

// Package kubernetes names the program that this module is there to build.
package kubernetes

import _ "github.com/hashicorp/terraform-provider-kubernetes"
