// Command ask puts questions to a running OpenFGA, as fast as it answers, so
// that nothing of it comes into the modules of Aval.
//
//	ask ADDRESS            makes a store with the model; prints their two ids
//	ask ADDRESS STORE MODEL FILE
//
// then reads lines "check SECONDS WORKERS QUESTIONS" or "list …" and prints the
// calls per second that were answered, and the share of them that were yes, or
// not empty. A line of FILE is "user relation object";
// QUESTIONS is how many of them are asked, again and again.
package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	openfgav1 "github.com/openfga/api/proto/openfga/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/encoding/protojson"
)

func main() {
	if err := run(context.Background(), os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "ask:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	if len(args) != 1 && len(args) != 4 {
		return errors.New("it takes an address, or an address, a store, a model and a file")
	}
	conn, err := grpc.NewClient(args[0], grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	client := openfgav1.NewOpenFGAServiceClient(conn)
	if len(args) == 1 {
		return create(ctx, client)
	}
	text, err := os.ReadFile(args[3])
	if err != nil {
		return err
	}
	a := asker{client: client, store: args[1], model: args[2], questions: strings.Split(strings.TrimSpace(string(text)), "\n")}
	return a.serve(ctx)
}

// model is Aval's question without dates, suspensions and exclusions: a level of
// a right has those below it, a feature has its parent's rights, and an account
// is reached by who has any right on a feature of it.
const model = `{"schema_version": "1.1", "type_definitions": [{"type": "user"}, {"type": "feature",
  "relations": {
    "parent": {"this": {}},
    "approver": {"union": {"child": [{"this": {}},
      {"tupleToUserset": {"tupleset": {"relation": "parent"}, "computedUserset": {"relation": "approver"}}}]}},
    "editor": {"union": {"child": [{"this": {}}, {"computedUserset": {"relation": "approver"}},
      {"tupleToUserset": {"tupleset": {"relation": "parent"}, "computedUserset": {"relation": "editor"}}}]}},
    "guest": {"union": {"child": [{"this": {}}, {"computedUserset": {"relation": "editor"}},
      {"tupleToUserset": {"tupleset": {"relation": "parent"}, "computedUserset": {"relation": "guest"}}}]}}
  },
  "metadata": {"relations": {
    "parent": {"directly_related_user_types": [{"type": "feature"}]},
    "approver": {"directly_related_user_types": [{"type": "user"}]},
    "editor": {"directly_related_user_types": [{"type": "user"}]},
    "guest": {"directly_related_user_types": [{"type": "user"}]}
  }}
}, {"type": "account",
  "relations": {
    "feature": {"this": {}},
    "reached": {"tupleToUserset": {"tupleset": {"relation": "feature"}, "computedUserset": {"relation": "guest"}}}
  },
  "metadata": {"relations": {"feature": {"directly_related_user_types": [{"type": "feature"}]}, "reached": {}}}
}]}`

func create(ctx context.Context, client openfgav1.OpenFGAServiceClient) error {
	store, err := client.CreateStore(ctx, &openfgav1.CreateStoreRequest{Name: "bench"}, grpc.WaitForReady(true))
	if err != nil {
		return fmt.Errorf("creating a store: %w", err)
	}
	request := &openfgav1.WriteAuthorizationModelRequest{}
	if err := protojson.Unmarshal([]byte(model), request); err != nil {
		return fmt.Errorf("reading the model: %w", err)
	}
	request.StoreId = store.GetId()
	written, err := client.WriteAuthorizationModel(ctx, request)
	if err != nil {
		return fmt.Errorf("writing the model: %w", err)
	}
	fmt.Println(store.GetId(), written.GetAuthorizationModelId())
	return nil
}

type asker struct {
	client       openfgav1.OpenFGAServiceClient
	store, model string
	questions    []string
}

func (a asker) serve(ctx context.Context) error {
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		var kind string
		var seconds, workers, questions int
		if _, err := fmt.Sscan(lines.Text(), &kind, &seconds, &workers, &questions); err != nil {
			return fmt.Errorf("reading %q: %w", lines.Text(), err)
		}
		ask := map[string]call{"check": a.check, "list": a.list}[kind]
		if ask == nil {
			return fmt.Errorf("%q is neither check nor list", kind)
		}
		rate, share, err := load(ctx, round{time.Duration(seconds) * time.Second, workers, a.questions[:questions]}, ask)
		if err != nil {
			return err
		}
		fmt.Println(rate, share)
	}
	return lines.Err()
}

type round struct {
	length    time.Duration
	workers   int
	questions []string
}

// call tells whether the answer was yes.
type call func(ctx context.Context, question string) (bool, error)

func load(ctx context.Context, r round, ask call) (rate, share float64, err error) {
	// Questions are taken in turn, whoever is quicker: each is asked as often.
	var next, done, yes atomic.Int64
	var failed atomic.Pointer[error]
	var wg sync.WaitGroup
	began := time.Now()
	for range r.workers {
		wg.Go(func() {
			for time.Since(began) < r.length {
				allowed, err := ask(ctx, r.questions[int(next.Add(1))%len(r.questions)])
				if err != nil {
					failed.Store(&err)
					return
				}
				if done.Add(1); allowed {
					yes.Add(1)
				}
			}
		})
	}
	wg.Wait()
	if err := failed.Load(); err != nil {
		return 0, 0, *err
	}
	all := float64(done.Load())
	return all / time.Since(began).Seconds(), float64(yes.Load()) / all, nil
}

func (a asker) check(ctx context.Context, question string) (bool, error) {
	part := strings.Fields(question)
	answer, err := a.client.Check(ctx, &openfgav1.CheckRequest{
		StoreId: a.store, AuthorizationModelId: a.model,
		TupleKey: &openfgav1.CheckRequestTupleKey{User: part[0], Relation: part[1], Object: part[2]},
	}, grpc.WaitForReady(true))
	return answer.GetAllowed(), err
}

func (a asker) list(ctx context.Context, question string) (bool, error) {
	answer, err := a.client.ListObjects(ctx, &openfgav1.ListObjectsRequest{
		StoreId: a.store, AuthorizationModelId: a.model, Type: "account", Relation: "reached", User: strings.Fields(question)[0],
	}, grpc.WaitForReady(true))
	return len(answer.GetObjects()) > 0, err
}
