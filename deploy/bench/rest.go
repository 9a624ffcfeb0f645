package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/aval-access/aval/deploy/stack"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
)

// evaluated measures the same questions as AuthZEN evaluations at the gateway,
// whose copy of the decisions is in its process, beside the bare method.
func evaluated(ctx context.Context, out io.Writer, s *stack.Stack, questions []*membershipv1.CheckAccessRequest, null asked) error {
	mtls, err := mutualTLS(s, stack.DemoProduct)
	if err != nil {
		return err
	}
	config, err := mtls.ClientTLS(stack.SPIFFEID("gateway"))
	if err != nil {
		return err
	}
	transport := &http.Transport{TLSClientConfig: config, MaxIdleConnsPerHost: concurrent}
	defer transport.CloseIdleConnections()
	bodies := make([][]byte, len(questions))
	for n, q := range questions {
		if bodies[n], err = json.Marshal(map[string]any{
			"subject": map[string]string{"type": "user", "id": q.GetSubjectId()}, "action": map[string]string{"name": "editor"},
			"resource": map[string]any{"type": "account", "id": q.GetAccountId(), "properties": map[string]string{"feature": q.GetFeature()}},
		}); err != nil {
			return err
		}
	}
	products := evaluations{client: &http.Client{Transport: transport}, url: s.ProductURL() + "/access/v1/evaluation", bodies: bodies}
	rates, err := beside(ctx, concurrent, products.ask, null)
	if err != nil {
		return err
	}
	figure(out, "rest_check_rps", rates[0], "checks/s")
	figure(out, "rest_check_vs_null_rpc", rates[0]/rates[1], "ratio")
	return nil
}

type evaluations struct {
	client *http.Client
	url    string
	bodies [][]byte
}

func (e evaluations) ask(ctx context.Context, n int) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, e.url, bytes.NewReader(e.bodies[n%len(e.bodies)]))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := e.client.Do(request)
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, response.Body)
	if response.StatusCode != http.StatusOK {
		err = errors.Join(err, fmt.Errorf("an evaluation was answered %s", response.Status))
	}
	return errors.Join(err, response.Body.Close())
}
