package grpcserver

import (
	"fmt"
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"
)

// exempt names what carries no rule: the services that come with gRPC.
func exempt(service string) bool {
	switch service {
	case "grpc.health.v1.Health",
		"grpc.reflection.v1.ServerReflection",
		"grpc.reflection.v1alpha.ServerReflection":
		return true
	default:
		return false
	}
}

func exemptMethod(fullMethod string) bool {
	service, _, _ := strings.Cut(strings.TrimPrefix(fullMethod, "/"), "/")
	return exempt(service)
}

// describe finds the descriptors of all registered services.
func (s *Server) describe() ([]protoreflect.ServiceDescriptor, error) {
	var services []protoreflect.ServiceDescriptor
	for name := range s.grpc.GetServiceInfo() {
		if exempt(name) {
			continue
		}
		found, err := s.options.Contracts.FindDescriptorByName(protoreflect.FullName(name))
		if err != nil {
			return nil, fmt.Errorf("looking up the service %s: %w", name, err)
		}
		service, ok := found.(protoreflect.ServiceDescriptor)
		if !ok {
			return nil, fmt.Errorf("%s is not a service", name)
		}
		services = append(services, service)
	}
	return services, nil
}
