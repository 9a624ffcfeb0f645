package driver

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"strconv"
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/fault"
)

// REST speaks to the gateway, with a cookie jar per session. Every call finds
// its route in the method's google.api.http option.
type REST struct {
	// URL is the gateway's.
	URL string
}

// Name is "REST".
func (REST) Name() string { return "REST" }

// Session opens one.
func (r REST) Session(locale string) Session {
	jar, _ := cookiejar.New(nil) // it gives no error
	return &restSession{url: r.URL, locale: locale, client: HTTPClient(jar)}
}

type restSession struct {
	url, locale string
	client      *http.Client
}

var errNoRoute = errors.New("the method has no route in REST")

// Invoke calls the method's route.
func (s *restSession) Invoke(ctx context.Context, method string, args, reply any, _ ...grpc.CallOption) error {
	in, out := args.(proto.Message), reply.(proto.Message)
	route, err := routeOf(method)
	if err != nil {
		return err
	}
	request, err := route.request(ctx, s.url, in)
	if err != nil {
		return fmt.Errorf("calling %s: %w", method, err)
	}
	request.Header.Set("Accept-Language", s.locale)
	response, err := s.client.Do(request)
	if err != nil {
		return fmt.Errorf("calling %s: %w", method, err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return fmt.Errorf("calling %s: %w", method, err)
	}
	if response.StatusCode >= http.StatusBadRequest {
		return problemToFault(response, body)
	}
	return route.decode(body, out)
}

// Do sends a request of the caller's own making in this session.
func (s *restSession) Do(request *http.Request) (*http.Response, error) {
	return s.client.Do(request)
}

// NewStream is not part of any journey.
func (s *restSession) NewStream(context.Context, *grpc.StreamDesc, string, ...grpc.CallOption) (grpc.ClientStream, error) {
	return nil, errNoRoute
}

// problem is RFC 9457 as the gateway answers it.
type problem struct {
	Reason string `json:"reason"`
	Errors []struct {
		Field string `json:"field"`
		Rule  string `json:"rule"`
	} `json:"errors"`
	Metadata map[string]string `json:"metadata"`
}

// problemToFault gives the fault that gRPC would have given.
func problemToFault(response *http.Response, body []byte) error {
	var p problem
	if err := json.Unmarshal(body, &p); err != nil || p.Reason == "" {
		return fmt.Errorf("status %d without a problem: %.200s", response.StatusCode, body)
	}
	var options []fault.Option
	for _, field := range p.Errors {
		options = append(options, fault.Field(field.Field, field.Rule))
	}
	for key, value := range p.Metadata {
		options = append(options, fault.Meta(key, value))
	}
	if seconds, err := strconv.Atoi(response.Header.Get("Retry-After")); err == nil {
		options = append(options, fault.RetryAfter(time.Duration(seconds)*time.Second))
	}
	return fault.New(reasonv1.Reason(reasonv1.Reason_value["REASON_"+p.Reason]), options...)
}

func (r route) decode(body []byte, out proto.Message) error {
	if field := r.responseBody; field != "" {
		body = bytes.Join([][]byte{[]byte(`{"` + field + `":`), body, []byte("}")}, nil)
	}
	if err := (protojson.UnmarshalOptions{}).Unmarshal(body, out); err != nil {
		return fmt.Errorf("reading the answer %.200s: %w", body, err)
	}
	return nil
}

func serviceOf(method string) string { return strings.Split(method, ".")[1] }
