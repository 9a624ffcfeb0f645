module github.com/aval-access/aval/services/accessclient

go 1.26.0

require (
	github.com/aval-access/aval/proto v0.0.0
	github.com/stretchr/testify v1.12.1
	google.golang.org/grpc v1.85.0
)
