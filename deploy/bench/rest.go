package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"github.com/aval-access/aval/deploy/stack"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
)

// evaluated measures the same questions as AuthZEN evaluations at the gateway,
// whose copy of the decisions is in its process, beside the bare method.
func evaluated(ctx context.Context, out io.Writer, s *stack.Stack, questions []*membershipv1.CheckAccessRequest, null asked) (err error) {
	products, err := evaluationsOf(s.ProductURL(), questions)
	if err != nil {
		return err
	}
	mtls, err := mutualTLS(s, stack.DemoProduct)
	if err != nil {
		return err
	}
	config, err := mtls.ClientTLS(stack.SPIFFEID("gateway"))
	if err != nil {
		return err
	}
	for range concurrent {
		conn, err := (&tls.Dialer{Config: config}).DialContext(ctx, "tcp", products.host)
		if err != nil {
			return err
		}
		defer conn.Close()
		products.idle <- wire{conn, bufio.NewReader(conn)}
	}
	rates, err := beside(ctx, concurrent, products.ask, null)
	if err != nil {
		return err
	}
	figure(out, "rest_check_rps", rates[0], "checks/s")
	figure(out, "rest_check_vs_null_rpc", rates[0]/rates[1], "ratio")
	return nil
}

// evaluations are requests as they go over a connection: a client that made each
// anew would be measured with the gateway.
type evaluations struct {
	host     string
	requests [][]byte
	idle     chan wire
}

// wire is a connection that is kept.
type wire struct {
	io.Writer
	answers *bufio.Reader
}

func evaluationsOf(base string, questions []*membershipv1.CheckAccessRequest) (*evaluations, error) {
	at, err := url.Parse(base)
	if err != nil {
		return nil, err
	}
	e := &evaluations{host: at.Host, idle: make(chan wire, concurrent)}
	for _, q := range questions {
		body, err := json.Marshal(map[string]any{
			"subject": map[string]string{"type": "user", "id": q.GetSubjectId()}, "action": map[string]string{"name": "editor"},
			"resource": map[string]any{"type": "account", "id": q.GetAccountId(), "properties": map[string]string{"feature": q.GetFeature()}},
		})
		if err != nil {
			return nil, err
		}
		request, err := http.NewRequest(http.MethodPost, base+"/access/v1/evaluation", bytes.NewReader(body))
		if err != nil {
			return nil, err
		}
		request.Header.Set("Content-Type", "application/json")
		var text bytes.Buffer
		if err := request.Write(&text); err != nil {
			return nil, err
		}
		e.requests = append(e.requests, text.Bytes())
	}
	return e, nil
}

func (e *evaluations) ask(_ context.Context, n int) error {
	conn := <-e.idle
	if _, err := conn.Write(e.requests[n%len(e.requests)]); err != nil {
		return err
	}
	response, err := http.ReadResponse(conn.answers, nil)
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, response.Body)
	if response.StatusCode != http.StatusOK {
		err = errors.Join(err, fmt.Errorf("an evaluation was answered %s", response.Status))
	}
	e.idle <- conn
	return errors.Join(err, response.Body.Close())
}
