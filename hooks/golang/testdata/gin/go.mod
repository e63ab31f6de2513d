module example.com/shop

go 1.24.0

toolchain go1.25.3

require (
	github.com/gin-gonic/gin v1.10.0
	golang.org/x/net v0.33.0 // indirect
)
