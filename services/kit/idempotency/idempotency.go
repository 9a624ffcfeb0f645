// Package idempotency answers a repeated request with the answer of the first
// one. The answer is stored in the transaction of the effect; answers that
// hold secrets must not come here (methods with idempotency NONE).
package idempotency

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"google.golang.org/protobuf/proto"

	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
)

// retention is how long an answer can be asked for again.
const retention = 24 * time.Hour

const purgeBatch = 5000

// Key names a request. Without a RequestID nothing is stored.
type Key struct {
	// Tenant may be zero.
	Tenant id.ID
	// Principal is who asks: a person, a workload, or a link by its token's hash.
	Principal string
	Method    string
	RequestID string
	BodyHash  []byte
}

// Do runs fn and stores its answer, or answers what the same request was
// answered before: REQUEST_IN_FLIGHT while the first is being handled,
// IDEMPOTENCY_KEY_REUSED for another body. Errors are not stored.
func Do[Resp proto.Message](ctx context.Context, tx pg.Tx, k Key, fn func() (Resp, error)) (Resp, error) {
	var none Resp
	if k.RequestID == "" {
		return fn()
	}
	if len(k.BodyHash) == 0 {
		return none, errors.New("handling request id: the request could not be hashed")
	}
	if err := k.lock(ctx, tx); err != nil {
		return none, err
	}
	earlier, err := k.find(ctx, tx)
	if err != nil {
		return none, err
	}
	if earlier != nil {
		return decode[Resp](earlier.Response)
	}
	resp, err := fn()
	if err != nil {
		return none, err
	}
	return resp, k.store(ctx, tx, resp)
}

// lock is held until the transaction ends; waiting for it would tie up a
// connection per impatient client.
func (k Key) lock(ctx context.Context, tx pg.Tx) error {
	free, err := pg.One(ctx, tx, pg.Statement{
		Doing: "locking request id", SQL: "SELECT pg_try_advisory_xact_lock(hashtextextended(@key, 0))",
		Args: pgx.NamedArgs{"key": strings.Join([]string{k.Tenant.String(), k.Principal, k.Method, k.RequestID}, "\x1f")},
	}, pgx.RowTo[bool])
	if err == nil && !free {
		return fault.New(reasonv1.Reason_REASON_REQUEST_IN_FLIGHT, fault.RetryAfter(time.Second))
	}
	return err
}

// answer is what a request was answered before.
type answer struct{ BodyHash, Response []byte }

// find answers nil when the request is new.
func (k Key) find(ctx context.Context, tx pg.Tx) (*answer, error) {
	found, err := pg.One(ctx, tx, pg.Statement{Doing: "reading answer of request id", SQL: `
SELECT body_hash, response
FROM idempotency
WHERE tenant_id = @tenant
  AND principal = @principal
  AND method = @method
  AND request_id = @request
  AND expire_time > now()`, Args: k.args()}, pgx.RowToAddrOfStructByName[answer])
	switch {
	case errors.Is(err, pg.ErrNoRows):
		return nil, nil
	case err != nil:
		return nil, err
	case !bytes.Equal(found.BodyHash, k.BodyHash):
		return nil, fault.New(reasonv1.Reason_REASON_IDEMPOTENCY_KEY_REUSED)
	default:
		return found, nil
	}
}

func (k Key) store(ctx context.Context, tx pg.Tx, resp proto.Message) error {
	response, err := proto.Marshal(resp)
	if err != nil {
		return fmt.Errorf("encoding answer of request id: %w", err)
	}
	args := k.args()
	args["hash"], args["response"], args["ttl"] = k.BodyHash, response, retention.Seconds()
	_, err = pg.Exec(ctx, tx, pg.Statement{Doing: "storing answer of request id", SQL: `
INSERT INTO idempotency (tenant_id, principal, method, request_id, body_hash, response, expire_time)
VALUES (@tenant, @principal, @method, @request, @hash, @response, now() + make_interval(secs => @ttl))
ON CONFLICT (tenant_id, principal, method, request_id) DO UPDATE
SET body_hash = excluded.body_hash,
    response = excluded.response,
    expire_time = excluded.expire_time
WHERE idempotency.expire_time <= now()`, Args: args})
	return err
}

// args writes the absent tenant as the zero UUID: NULL would equal no row.
func (k Key) args() pgx.NamedArgs {
	return pgx.NamedArgs{"tenant": [16]byte(k.Tenant), "principal": k.Principal, "method": k.Method, "request": k.RequestID}
}

func decode[Resp proto.Message](stored []byte) (Resp, error) {
	var none Resp
	resp, ok := none.ProtoReflect().Type().New().Interface().(Resp)
	if !ok {
		return none, fmt.Errorf("decoding answer of request id: %T cannot be made", none)
	}
	if err := proto.Unmarshal(stored, resp); err != nil {
		return none, fmt.Errorf("decoding answer of request id: %w", err)
	}
	return resp, nil
}

// Purge removes a batch of expired answers; it answers how many.
func Purge(ctx context.Context, tx pg.Tx) (int64, error) {
	return pg.Exec(ctx, tx, pg.Statement{Doing: "purging answers of request ids", SQL: `
DELETE FROM idempotency
WHERE (tenant_id, principal, method, request_id) IN (
  SELECT tenant_id, principal, method, request_id
  FROM idempotency
  WHERE expire_time <= now()
  ORDER BY expire_time, tenant_id, principal, method, request_id
  LIMIT @batch
)`, Args: pgx.NamedArgs{"batch": purgeBatch}})
}
